"""Reading events: bounded queries, whatever the number of events."""

from marketplace.events.selectors.cards import event_cards
from marketplace.events.selectors.detail import DateDetail, TicketDetail, event_detail
from marketplace.events.selectors.listing import EventFilters, event_cities, find_events

__all__ = [
    "DateDetail",
    "EventFilters",
    "TicketDetail",
    "event_cards",
    "event_cities",
    "event_detail",
    "find_events",
]
