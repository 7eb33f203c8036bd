from marketplace.events.forms.copy_form import CopyDatesForm, DuplicateDateForm
from marketplace.events.forms.date_form import DateForm
from marketplace.events.forms.page_form import EventPageForm
from marketplace.events.forms.refund_form import RefundDateForm
from marketplace.events.forms.ticket_form import TicketForm
from marketplace.events.forms.venue_form import VenueForm

__all__ = [
    "CopyDatesForm",
    "DateForm",
    "DuplicateDateForm",
    "EventPageForm",
    "RefundDateForm",
    "TicketForm",
    "VenueForm",
]
