from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.ids import opaque_id
from marketplace.core.money import Money
from marketplace.core.states import StateMachine, status_check
from marketplace.payments.models.bank_file import BankFile
from marketplace.payments.models.payment import callback_token


class DisbursementStatus(models.TextChoices):
    CREATED = "created", _("about to be sent")
    """The intent is written; the rail may or may not have heard of it yet."""
    SENT = "sent", _("on its way")
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")
    """The rail said no, for certain: nothing left us."""
    UNKNOWN = "unknown", _("not certain")
    """Nobody can say. Asked about, never sent again under another name."""
    CANCELLED = "cancelled", _("cancelled")
    """Taken back before the rail heard of it."""


class Disbursement(StateMachine):
    """One amount on its way out, over one rail, once: a payout to a seller or a part of a refund."""

    Status = DisbursementStatus

    MOVES = {
        Status.CREATED: {Status.SENT, Status.PAID, Status.FAILED, Status.UNKNOWN, Status.CANCELLED},
        Status.SENT: {Status.PAID, Status.FAILED, Status.UNKNOWN},
        Status.UNKNOWN: {Status.SENT, Status.PAID, Status.FAILED},
        Status.PAID: {Status.FAILED},
        Status.FAILED: {Status.PAID},
        Status.CANCELLED: set(),
    }

    class Rail(models.TextChoices):
        MPESA_B2C = "mpesa_b2c", _("M-Pesa")
        STRIPE_TRANSFER = "stripe_transfer", _("Stripe Connect")
        BANK_FILE = "bank_file", _("bank transfer")

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    key = models.CharField(max_length=64, unique=True)
    """The caller's idempotency key, for good, e.g. `payout-81-1`: the rail gets it as its own duplicate protection."""
    rail = models.CharField(max_length=16, choices=Rail.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    purpose = models.CharField(max_length=10)
    """`payout` or `refund`."""
    reference = models.CharField(max_length=40, db_index=True)
    """What it is for: a payout's number, an order code."""
    destination_ciphertext = models.TextField()
    """Where it goes, as JSON under the field keys: personal data, read only when it is sent."""
    destination_hint = models.CharField(max_length=60)
    """For people: `M-Pesa ...678`, `acct_...3F`, `KCB ...4410`."""
    callback_token = models.CharField(max_length=64, unique=True, default=callback_token, editable=False)
    external_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    """The rail's name for it: a ConversationID, tr_..., a file and line."""
    bank_file = models.ForeignKey(BankFile, null=True, blank=True, on_delete=models.PROTECT, related_name="transfers")
    receipt = models.CharField(max_length=60, blank=True)
    fee_minor = models.BigIntegerField(null=True, blank=True)
    """What the rail charged us for it, once known."""
    failure_code = models.CharField(max_length=60, blank=True)
    failure_text = models.CharField(max_length=300, blank=True)
    checks = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    """When the rail was last asked, to send it or what became of it."""
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    """When the rail may first have heard of it. While this is empty it certainly has not."""
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_check("disbursement_status", DisbursementStatus),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="disbursement_amount_positive"),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="disbursement_due", condition=Q(next_check_at__isnull=False)),
            models.Index(fields=["-created_at"], name="disbursement_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.rail} {self.key}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Disbursements are never deleted.", {self})


class DisbursementEvent(models.Model):
    """One line of a disbursement's story: what was asked, what was answered. Append-only."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    disbursement = models.ForeignKey(Disbursement, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    source = models.CharField(max_length=12)
    """As `PaymentEvent.Source`."""
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["disbursement", "at"], name="disbursement_story"),
            models.Index(fields=["at"], name="disbursement_event_written"),
        ]

    def __str__(self) -> str:
        return f"{self.disbursement_id} {self.kind}"
