from marketplace.events.models.occurrence import Occurrence
from marketplace.events.models.pages import EventIndexPage, EventPage
from marketplace.events.models.ticket_type import TicketType
from marketplace.events.models.venue import Venue

__all__ = ["EventIndexPage", "EventPage", "Occurrence", "TicketType", "Venue"]
