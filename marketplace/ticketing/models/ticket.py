from functools import partial

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models import OrderLine
from marketplace.core.ids import readable_code, token
from marketplace.core.states import StateMachine, status_check
from marketplace.events.models import Occurrence, TicketType
from marketplace.ticketing import codes
from marketplace.ticketing.models.key import SigningKey

CODE_LENGTH = 10
"""30**10 is 5.9e14: nobody types a valid one by luck, and it still fits on one line."""


class TicketStatus(models.TextChoices):
    VALID = "valid", _("valid")
    USED = "used", _("used")
    """Its holder went in."""
    SUSPENDED = "suspended", _("suspended")
    """Held back while the payer's bank disputes the payment: opens no door for now."""
    VOID = "void", _("void")
    """Refunded or withdrawn: opens no door, for good."""


class Ticket(StateMachine):
    """One person's right to be let in on one date. Never deleted; personal data in it may be blanked."""

    Status = TicketStatus

    MOVES = {
        Status.VALID: {Status.USED, Status.SUSPENDED, Status.VOID},
        Status.USED: {Status.VALID, Status.VOID},
        Status.SUSPENDED: {Status.VALID, Status.VOID},
        Status.VOID: set(),
    }

    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="tickets")
    position = models.PositiveIntegerField()
    """1 to the line's quantity: with the line it makes issuing repeatable."""
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="tickets")
    occurrence = models.ForeignKey(Occurrence, on_delete=models.PROTECT, related_name="tickets")
    token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    """Opens the ticket's page to whoever holds the link."""
    code = models.CharField(
        _("code"), max_length=12, unique=True, default=partial(readable_code, CODE_LENGTH), editable=False
    )
    """For people, and the ticket's number in its QR code. Alone it opens nothing: the QR code is signed."""
    attendee_name = models.CharField(_("name on the ticket"), max_length=120, blank=True)
    attendee_email = models.EmailField(_("attendee's e-mail"), blank=True)
    generation = models.PositiveSmallIntegerField(default=1, editable=False)
    """Rises when the ticket is handed on: QR codes of lower generations are dead."""
    signing_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["order_line_id", "position"]
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(fields=["order_line", "position"], name="ticket_issued_once"),
            status_check("ticket_status", TicketStatus),
        ]
        indexes = [models.Index(fields=["occurrence", "status"], name="ticket_of_date")]

    def __str__(self) -> str:
        return self.code

    @property
    def statement(self) -> codes.Statement:
        """What its QR code states."""
        return codes.Statement(
            key_id=self.signing_key.key_id,
            ticket=codes.number_of(self.code),
            occurrence=self.occurrence_id,
            generation=self.generation,
        )

    @property
    def qr_text(self) -> str:
        """Made when it is shown and stored nowhere: a leaked database holds no ticket that opens a door."""
        return codes.sign(self.statement, self.signing_key.private)
