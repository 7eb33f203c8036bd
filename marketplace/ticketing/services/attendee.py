import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.ticketing.errors import AttendeeInvalid, EventStarted, TicketNotValid
from marketplace.ticketing.models import Ticket

NAME_LENGTH = 120
TURNS_TEXT = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Bidirectional controls: with them a name could make the rest of a printed line read backwards."""


def edit_attendee(*, ticket_id: int, name: str, email: str = "") -> Ticket:
    """Put another name on a ticket, until the event starts. The QR code stays as it is: it holds no name.

    Raises `AttendeeInvalid`, `TicketNotValid` or `EventStarted`.
    """
    name, email = clean_name(name), email.strip()
    _check(name, email)
    with transaction.atomic():
        ticket = Ticket.locked(ticket_id)
        if ticket.status != Ticket.Status.VALID:
            raise TicketNotValid
        if ticket.occurrence.started():
            raise EventStarted
        ticket.attendee_name, ticket.attendee_email = name, email
        ticket.save(update_fields=["attendee_name", "attendee_email"])
    return ticket


def clean_name(text: str) -> str:
    """One line in Unicode's composed form, without control characters. Joiners stay: Persian and emoji need them."""
    one_line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(character for character in one_line if _may_stand(character))


def _may_stand(character: str) -> bool:
    forbidden = unicodedata.category(character) in ("Cc", "Cs", "Co")
    return not forbidden and unicodedata.bidirectional(character) not in TURNS_TEXT


def _check(name: str, email: str) -> None:
    errors: dict[str, str] = {}
    if len(name) > NAME_LENGTH:
        errors["name"] = _("That name is too long for a ticket: at most %(most)s characters.") % {"most": NAME_LENGTH}
    if email:
        try:
            validate_email(email)
        except ValidationError:
            errors["email"] = _("That does not look like an e-mail address.")
    if errors:
        raise AttendeeInvalid(" ".join(errors.values()), errors=errors)
