from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.core.ids import opaque_id
from marketplace.core.money import Money
from marketplace.core.states import StateMachine, status_check
from marketplace.payments.models.payment import Payment


class DisputeStatus(models.TextChoices):
    INQUIRY = "inquiry", _("the bank asks")
    """No money was taken yet."""
    NEEDS_RESPONSE = "needs_response", _("evidence due")
    UNDER_REVIEW = "under_review", _("with the bank")
    WON = "won", _("won")
    LOST = "lost", _("lost")
    CLOSED = "closed", _("closed without loss")


class Dispute(StateMachine):
    """The payer's bank questions a payment. Made by the provider's word, never by ours."""

    Status = DisputeStatus

    OPEN = frozenset({Status.INQUIRY, Status.NEEDS_RESPONSE, Status.UNDER_REVIEW})
    MOVES = {
        Status.INQUIRY: {Status.NEEDS_RESPONSE, Status.UNDER_REVIEW, Status.WON, Status.LOST, Status.CLOSED},
        Status.NEEDS_RESPONSE: {Status.UNDER_REVIEW, Status.WON, Status.LOST, Status.CLOSED},
        Status.UNDER_REVIEW: {Status.NEEDS_RESPONSE, Status.WON, Status.LOST, Status.CLOSED},
        Status.WON: set(),
        Status.LOST: {Status.WON},
        Status.CLOSED: {Status.NEEDS_RESPONSE},
    }

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=20)
    external_id = models.CharField(max_length=120, unique=True)
    amount_minor = models.BigIntegerField()
    """What the bank takes back, in the payment's currency."""
    fee_minor = models.BigIntegerField(default=0)
    """What the provider charges for it, in the payment's currency."""
    reason = models.CharField(max_length=60, blank=True)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    """What we answered, by the provider's field names."""
    evidence_sent_at = models.DateTimeField(null=True, blank=True)
    funds_taken = models.BooleanField(default=False)
    """The provider has withdrawn the amount from our balance."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, editable=False)
    """When the provider was asked for what is written here: an answer to an earlier question changes nothing."""

    class Meta:
        constraints = [status_check("dispute_status", DisputeStatus)]
        indexes = [models.Index(fields=["-opened_at"], name="dispute_newest")]

    def __str__(self) -> str:
        return self.external_id

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.payment.currency)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Disputes are never deleted.", {self})
