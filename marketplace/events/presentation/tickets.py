"""One event's dates and tickets as the page shows them, from rows loaded for the whole page at once."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.catalog.images import POSTER, SHARING, Picture, Shape
from marketplace.catalog.offer_rows import offer_row, quantities
from marketplace.catalog.price_tags import price_tag
from marketplace.catalog.selectors import by_translation
from marketplace.catalog.shelves import Pictures, States
from marketplace.commerce.models import Offer
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.presentation import words
from marketplace.events.selectors import DateDetail, EventRows, TicketDetail

SHOWN_DATES = 5
"""Dates listed before the rest folds away."""
MANY_DATES = 60
"""So many dates are listed; nobody reads further ahead, and every one of them has tickets to price."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Detail:
    """An event, filled."""

    poster: Picture | None
    sharing: Picture | None
    dates: list[DateDetail]
    """Coming ones soonest first; when nothing is to come, what there was."""


@dataclass(frozen=True)
class DetailShelf:
    """The event itself among the shelves of its page; see `catalog.shelves`."""

    page: EventPage
    rows: EventRows
    unlocked: Collection[UUID] = ()
    """Translation keys of hidden ticket types whose link the visitor followed."""

    def wanted_pictures(self) -> list[tuple[Any, Shape]]:
        return [(self.page.poster, POSTER), (self.page.poster, SHARING)]

    def offers(self) -> list[Offer]:
        return [ticket.offer for ticket in self._tickets()]

    def build(self, images: Pictures, states: States, now: dt.datetime) -> Detail:
        every = self.rows.dates[self.page.translation_key]
        coming = [date for date in every if date.end > now][:MANY_DATES]
        dates = {date.pk: DateDetail(date, date.end <= now) for date in coming or every[-MANY_DATES:]}
        for ticket in self._tickets():
            if ticket.occurrence_id in dates:
                detail = TicketDetail(ticket, ticket.offer, states[ticket.offer_id])
                dates[ticket.occurrence_id].tickets.append(detail)
        poster = self.page.poster_id or 0
        return Detail(images.get((poster, POSTER)), images.get((poster, SHARING)), list(dates.values()))

    def _tickets(self) -> list[TicketType]:
        rows = by_translation(self.rows.tickets[self.page.translation_key], self.page.locale_id).values()
        shown = [row for row in rows if not row.offer.hidden or row.translation_key in self.unlocked]
        return sorted(shown, key=lambda row: (row.sort_order, row.pk))


def chosen_date(dates: list[DateDetail], asked: str) -> DateDetail | None:
    """The date asked for, else the first that sells, else the first that will take place, else the first."""
    by_id = {str(date.occurrence.pk): date for date in dates}
    if asked in by_id:
        return by_id[asked]
    selling = (date for date in dates if date.on_sale)
    standing = (date for date in dates if date.occurrence.status in Occurrence.OPEN)
    return next(selling, None) or next(standing, None) or next(iter(dates), None)


def date_rows(dates: list[DateDetail], chosen: DateDetail | None) -> tuple[list[Row], list[Row]]:
    """For the `date_list` component: each date links to its own tickets. What is shown at once, and what folds away."""
    rows = [_date_row(date, date is chosen) for date in dates]
    if len(rows) == 1:
        return [], []
    hidden = [row for row in rows[SHOWN_DATES:] if not row["current"]]
    return [row for row in rows if row not in hidden], hidden


def _date_row(date: DateDetail, current: bool) -> dict[str, Any]:
    tag = price_tag((ticket.offer, ticket.state) for ticket in date.tickets)
    status = date_status(date)
    return {
        **words.leaf(date.occurrence),
        "time": words.hours(date.occurrence),
        "url": f"?date={date.occurrence.pk}#pick" if not date.over else "",
        "current": current,
        "over": date.over or date.occurrence.status == Occurrence.Status.CANCELLED,
        "note": date.occurrence.note,
        "left_note": tag.left_note,
        "price_from": tag.price_from if tag.price_from else (_("Free") if tag.on_sale else ""),
        "status": status,
    }


def date_status(date: DateDetail) -> dict[str, str] | None:
    """A badge for what is unusual about a date."""
    states = {ticket.state.state for ticket in date.tickets}
    if date.occurrence.status == Occurrence.Status.CANCELLED:
        return {"label": _("Cancelled"), "tone": "bad", "icon": "cross"}
    if date.occurrence.status == Occurrence.Status.POSTPONED:
        return {"label": _("Postponed"), "tone": "warn", "icon": "clock"}
    if date.over:
        return {"label": _("Past"), "tone": "neutral", "icon": ""}
    if states and states <= {"sold_out"}:
        return {"label": _("Sold out"), "tone": "ink", "icon": ""}
    return None


def picker(date: DateDetail, now: dt.datetime, *, back: str, seller_url: str) -> dict[str, Any]:
    """For the `ticket_picker` component."""
    rows = [_ticket_row(ticket, date.occurrence, now) for ticket in date.tickets]
    selling = [row for row in rows if row["state"] == "on_sale"]
    if len(selling) == 1:
        selling[0]["quantity"] = selling[0]["quantities"][1]
    return {
        "action": reverse("commerce:cart_add"),
        "label": _("Choose tickets"),
        "hidden": [{"name": "next", "value": back}],
        "rows": rows,
        "can_buy": bool(selling),
        "note": _("Held for you while you pay. No account needed."),
        "closed_note": _closed_note({row["state"] for row in rows}),
        "closed_action": {"label": _("More from this organizer"), "url": seller_url} if seller_url else None,
    }


def _ticket_row(ticket: TicketDetail, date: Occurrence, now: dt.datetime) -> dict[str, Any]:
    starts = ticket.offer.sales_start
    return {
        **offer_row(ticket.offer, ticket.state, opens=words.moment(date, starts, now) if starts else ""),
        "name": ticket.ticket.name,
        "description": ticket.ticket.description,
        "quantities": quantities(ticket.state),
        "quantity": 0,
        "quantity_label": _("How many: %(name)s") % {"name": ticket.ticket.name},
    }


def go(detail: Detail) -> str:
    """The button that leads to the tickets says what the cheapest costs."""
    tag = price_tag((ticket.offer, ticket.state) for date in detail.dates for ticket in date.tickets)
    if not tag.on_sale or tag.price_from is None:
        return ""
    return _("Get tickets, from %(price)s") % {"price": tag.price_from} if tag.price_from else _("Get free tickets")


def _closed_note(states: set[str]) -> str:
    if not states:
        return _("Tickets for this date are not on sale yet.")
    if states <= {"sold_out"}:
        return _("Every ticket for this date is sold.")
    if "all_held" in states:
        return _("Every ticket is in somebody's cart just now. Look again in a few minutes: some may come back.")
    if "not_yet" in states:
        return _("Sales have not begun.")
    return _("Tickets for this date are not sold here any more.")
