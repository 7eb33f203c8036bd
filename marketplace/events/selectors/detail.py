"""One event with its dates and tickets."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from marketplace.catalog.selectors import by_translation
from marketplace.commerce.models import Offer
from marketplace.commerce.selectors import Availability, availability
from marketplace.core import clock
from marketplace.events.models import EventPage, Occurrence, TicketType


@dataclass(frozen=True)
class TicketDetail:
    """A ticket type in the page's language (or the one it was entered in), with what can be bought of it now."""

    ticket: TicketType
    offer: Offer
    state: Availability


@dataclass
class DateDetail:
    """A date with its tickets. `over` once it has ended; nothing is sold from the start on."""

    occurrence: Occurrence
    over: bool
    tickets: list[TicketDetail] = field(default_factory=list)

    @property
    def on_sale(self) -> bool:
        return any(each.state.state == "on_sale" for each in self.tickets)


def event_detail(
    page: EventPage, *, now: dt.datetime | None = None, unlocked: Collection[int] = (), hidden: bool = False
) -> list[DateDetail]:
    """Dates soonest first, each with its tickets. Two queries and commerce's two.

    Hidden offers are shown when their id is in `unlocked` (the visitor came by their link), or all with `hidden`.
    """
    now = now or clock.now()
    dates = {row.pk: DateDetail(row, row.end <= now) for row in page.occurrences.select_related("event")}
    tickets = tickets_of(dates, locale_id=page.locale_id)
    shown = [each for each in tickets if hidden or not each.offer.hidden or each.offer_id in unlocked]
    states = availability([each.offer for each in shown], now=now)
    for ticket in shown:
        dates[ticket.occurrence_id].tickets.append(TicketDetail(ticket, ticket.offer, states[ticket.offer_id]))
    return list(dates.values())


def tickets_of(occurrence_ids: Collection[int], *, locale_id: int) -> list[TicketType]:
    """Ticket types of some dates, one per offer, in a language where there is one. One query."""
    rows = TicketType.objects.filter(occurrence__in=list(occurrence_ids)).select_related("offer__seller")
    chosen = by_translation(rows, locale_id).values()
    return sorted(chosen, key=lambda row: (row.sort_order, row.pk))
