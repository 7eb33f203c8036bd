from marketplace.ticketing.services.attendee import edit_attendee
from marketplace.ticketing.services.issue import issue_tickets
from marketplace.ticketing.services.keys import current_key, rotate_key
from marketplace.ticketing.services.void import void_tickets

__all__ = ["current_key", "edit_attendee", "issue_tickets", "rotate_key", "void_tickets"]
