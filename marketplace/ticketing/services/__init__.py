from marketplace.ticketing.services.attendee import edit_attendee
from marketplace.ticketing.services.issue import issue_tickets
from marketplace.ticketing.services.keys import current_key, rotate_key
from marketplace.ticketing.services.suspend import resume_tickets, suspend_tickets
from marketplace.ticketing.services.void import void_tickets

__all__ = [
    "current_key",
    "edit_attendee",
    "issue_tickets",
    "resume_tickets",
    "rotate_key",
    "suspend_tickets",
    "void_tickets",
]
