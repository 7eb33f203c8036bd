"""What, when, where, by whom; and whether it takes place at all."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from marketplace.core.countries import country_name
from marketplace.events.models import EventPage, Occurrence
from marketplace.events.presentation import words
from marketplace.events.selectors import DateDetail

Values = dict[str, Any]


@dataclass(frozen=True)
class State:
    """How the event stands; `notice` is said above everything else."""

    kind: str
    """open, past, cancelled, postponed or undated."""
    sells: bool = False
    notice: Values | None = None


def state(page: EventPage, dates: Sequence[DateDetail]) -> State:
    """Cancelled before past before postponed: what a ticket holder must know first."""
    coming = [date for date in dates if not date.over]
    statuses = {date.occurrence.status for date in coming}
    if page.state == EventPage.State.CANCELLED or (statuses and statuses <= {Occurrence.Status.CANCELLED}):
        return State("cancelled", notice=_notice("error", _("This event is cancelled."), _cancelled_text()))
    if dates and not coming:
        return State("past", notice=_notice("info", _("This event is over."), ""))
    if page.state == EventPage.State.POSTPONED or (statuses and not statuses & Occurrence.OPEN):
        return State("postponed", notice=_notice("warning", _("This event is postponed."), _postponed_text()))
    if not dates:
        return State("undated", notice=_notice("info", _("The date is not set yet."), _("Tickets come with the date.")))
    return State("open", sells=True)


def _notice(tone: str, title: str, text: str) -> Values:
    return {"tone": tone, "title": title, "text": text}


def _cancelled_text() -> str:
    return _("Nothing is sold any more. If you hold a ticket, the organizer's refund policy below applies.")


def _postponed_text() -> str:
    return _("A new date will be announced. If you hold a ticket, it stays valid.")


def date_notice(date: DateDetail) -> Values | None:
    """What is unusual about the chosen date, while others may be as planned."""
    status = date.occurrence.status
    if status == Occurrence.Status.CANCELLED:
        return _notice("error", _("This date is cancelled."), _("Choose another one."))
    if status == Occurrence.Status.POSTPONED:
        return _notice("warning", _("This date is postponed."), _("Choose another one, or wait for the new date."))
    if status == Occurrence.Status.MOVED:
        return _notice("info", _("This date has moved."), _("The day and time shown here are the new ones."))
    return None


def chosen(date: DateDetail, now: dt.datetime) -> Values:
    """The date whose tickets are shown."""
    row = date.occurrence
    return {"id": row.pk, "day": words.day(row, row.start, now), "hours": words.hours(row), "note": row.note}


def facts(page: EventPage, kind: str, date: DateDetail | None, now: dt.datetime, *, several: bool) -> list[Values]:
    """For the `facts` component: when and where, in that order. `kind` is the `State`'s."""
    return [*_when(kind, date, now, several=several), *_where(page)]


def _when(kind: str, date: DateDetail | None, now: dt.datetime, *, several: bool) -> list[Values]:
    unknown = {"icon": "calendar", "label": _("When"), "value": _("Date to be announced")}
    if date is None:
        return [unknown]
    row = date.occurrence
    value = _("%(day)s, %(hours)s") % {"day": words.day(row, row.start, now), "hours": words.hours(row)}
    if kind == "postponed":
        return [{**unknown, "note": _("It was to be on %(day)s.") % {"day": value}}]
    notes = [words.doors(row), words.clock_name(row), _("more dates below") if several else ""]
    return [
        {
            "icon": "calendar",
            "label": _("When"),
            "value": value,
            "iso": words.iso(row, row.start),
            "note": " · ".join(note for note in notes if note),
        }
    ]


def _where(page: EventPage) -> list[Values]:
    found = []
    if page.venue and page.attendance != EventPage.Attendance.ONLINE:
        address = [page.venue.address, page.venue.city]
        note = ", ".join(part for part in address if part)
        found.append({"icon": "pin", "label": _("Where"), "value": page.venue.name, "url": "#place", "note": note})
    if page.attendance != EventPage.Attendance.IN_PERSON:
        online_only = page.attendance == EventPage.Attendance.ONLINE
        label, value = (_("Where"), _("Online")) if online_only else (_("Or"), _("Online"))
        found.append({"icon": "online", "label": label, "value": value, "note": _("The link comes with your ticket.")})
    return found


def place(page: EventPage) -> Values | None:
    """The venue, with a way to get there."""
    venue = page.venue
    if venue is None or page.attendance == EventPage.Attendance.ONLINE:
        return None
    named = ", ".join(part for part in (venue.name, venue.address, venue.city) if part)
    known = venue.latitude is not None and venue.longitude is not None
    target = f"{venue.latitude},{venue.longitude}" if known else named
    query = urlencode({"api": 1, "destination": target})
    return {
        "name": venue.name,
        "address": ", ".join(part for part in (venue.address, venue.city, country_name(venue.country)) if part),
        "directions": venue.directions,
        "map_url": f"https://www.google.com/maps/dir/?{query}",
    }


def byline(page: EventPage, seller_url: str) -> Values:
    """For the `seller_byline` component."""
    seller = page.seller
    return {
        "name": seller.name,
        "url": seller_url,
        "verified": seller.verified,
        "note": seller.tagline or _("Organizer"),
    }
