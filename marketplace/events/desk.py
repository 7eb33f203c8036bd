"""An event's dates and tickets as its panel shows them."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.audit.models import LogEntry
from marketplace.catalog.desk import OfferLine, State, offer_line
from marketplace.catalog.figures import offer_figures
from marketplace.commerce.selectors import Figures, pool_figures
from marketplace.core import clock
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.selectors.detail import tickets_of
from marketplace.events.services.called_off import can_refund

OPEN_AT_FIRST = 4
"""So many coming dates are shown unfolded."""

COPIED = "event.copied"
"""Logged when a page is copied: Wagtail's own log does not say of which page."""

STATES = {
    Occurrence.Status.SCHEDULED: State(Occurrence.Status.SCHEDULED.label, "good"),
    Occurrence.Status.MOVED: State(Occurrence.Status.MOVED.label, "warn"),
    Occurrence.Status.POSTPONED: State(Occurrence.Status.POSTPONED.label, "warn"),
    Occurrence.Status.CANCELLED: State(Occurrence.Status.CANCELLED.label, "bad"),
}


@dataclass
class DateLine:
    """One date with its tickets."""

    row: Occurrence
    when: str
    doors: str
    state: State
    over: bool
    unfolded: bool = False
    whole: Figures | None = None
    tickets: list[tuple[TicketType, OfferLine]] = field(default_factory=list)

    @property
    def sold(self) -> int:
        return sum(line.figures.sold for _ticket, line in self.tickets)

    @property
    def held(self) -> int:
        return sum(line.figures.held for _ticket, line in self.tickets)

    @property
    def untouched(self) -> bool:
        return all(line.figures.untouched for _ticket, line in self.tickets)

    @property
    def is_open(self) -> bool:
        return self.row.status in Occurrence.OPEN and not self.over

    @property
    def can_refund(self) -> bool:
        return can_refund(self.row)

    @property
    def can_change(self) -> bool:
        return self.row.status != Occurrence.Status.CANCELLED


def event_desk(page: EventPage, *, now: dt.datetime | None = None) -> dict[str, Any]:
    """Context of the panel: dates to come, then past ones, with their tickets. Eight queries for any number."""
    now = now or clock.now()
    rows = list(page.occurrences.select_related("event", "capacity_pool"))
    lines = {row.pk: _line(row, now) for row in rows}
    tickets = tickets_of(lines, locale_id=page.locale_id)
    figures = offer_figures([ticket.offer for ticket in tickets], now=now)
    pools = {each.pool_id: each for group in pool_figures(figures, now=now).values() for each in group}
    for ticket in tickets:
        date = lines[ticket.occurrence_id]
        shown = offer_line(
            ticket.offer, figures[ticket.offer_id], stopped=ticket.stopped, blocked=_blocked(date.row.event, date)
        )
        date.tickets.append((ticket, shown))
    for date in lines.values():
        date.whole = _whole(date.row, pools)
    coming = [date for date in lines.values() if not date.over]
    for date in coming[:OPEN_AT_FIRST]:
        date.unfolded = True
    over = [date for date in reversed(lines.values()) if date.over]
    return {
        "event": page,
        "zone": page.timezone,
        "dates": [*coming, *over],
        "copied_from": None if rows else copied_from(page),
        "shape": _shape(lines.values()),
    }


def copied_from(page: EventPage) -> EventPage | None:
    """The event whose page this one was copied from, if it has dates to offer."""
    told = LogEntry.objects.filter(action=COPIED, target_type="events.eventpage", target_id=str(page.pk)).first()
    found = EventPage.objects.filter(pk=told.data["source"]).first() if told else None
    return found if found and found.occurrences.exists() else None


def _line(row: Occurrence, now: dt.datetime) -> DateLine:
    start, end = row.local(row.start), row.local(row.end)
    until = date_format(end, "H:i") if end.date() == start.date() else date_format(end, "D j M, H:i")
    return DateLine(
        row=row,
        when=f"{date_format(start, 'D j M Y, H:i')} - {until}",
        doors=date_format(row.local(row.doors), "H:i") if row.doors else "",
        state=State(_("Over")) if row.end <= now else STATES[Occurrence.Status(row.status)],
        over=row.end <= now,
    )


def _blocked(event: EventPage, date: DateLine) -> str:
    if not event.live:
        return _("Page not published")
    if event.state != EventPage.State.SCHEDULED:
        return str(event.get_state_display()).capitalize()
    return "" if date.is_open else str(date.state.label).capitalize()


def _whole(row: Occurrence, pools: dict[int, Figures]) -> Figures | None:
    pool = row.capacity_pool
    if pool is None:
        return None
    return pools.get(pool.pk) or Figures(pool.pk, pool.capacity, pool.held, pool.sold)


def _shape(dates: Any) -> str:
    """Changes when anything but figures and states does: then the script renews the whole panel."""
    parts: dict[str, list[str]] = defaultdict(list)
    for date in dates:
        parts[f"{date.row.pk}{date.row.status}{date.over}{date.when}{date.doors}{date.row.note}"] += [
            f"{ticket.pk}{ticket.name}{line.price}{line.stopped}" for ticket, line in date.tickets
        ]
    return str(crc32(repr(sorted(parts.items())).encode()))
