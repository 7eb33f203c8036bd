"""Reading events: bounded queries, whatever the number of events."""

from marketplace.events.selectors.cards import EventRows, EventShelf, event_cards, event_rows, event_shelf
from marketplace.events.selectors.detail import DateDetail, TicketDetail, event_detail
from marketplace.events.selectors.listing import EventFilters, event_cities, find_events, with_dates

__all__ = [
    "DateDetail",
    "EventFilters",
    "EventRows",
    "EventShelf",
    "TicketDetail",
    "event_cards",
    "event_cities",
    "event_detail",
    "event_rows",
    "event_shelf",
    "find_events",
    "with_dates",
]
