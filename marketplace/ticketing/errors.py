from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import BadInput, Refusal


class TicketNotValid(Refusal):
    """It was refunded, withdrawn or used."""

    code, status, message = "ticket_not_valid", 409, _("This ticket is no longer valid, so it cannot be changed.")


class EventStarted(Refusal):
    """Names are fixed once the event has begun: the door has its list."""

    code, status, message = "event_started", 409, _("The event has started, so the name can no longer be changed.")


class AttendeeInvalid(BadInput):
    """A name or address that cannot stand on a ticket. `details["errors"]` says which field and why."""

    code, message = "attendee_invalid", _("Please check the name and the e-mail address.")
