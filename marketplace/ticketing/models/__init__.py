from marketplace.ticketing.models.key import SigningKey
from marketplace.ticketing.models.ticket import Ticket, TicketStatus

__all__ = ["SigningKey", "Ticket", "TicketStatus"]
