from typing import Any, NoReturn

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from marketplace.core.ids import opaque_id
from marketplace.core.money import Money
from marketplace.core.states import StateMachine, status_check
from marketplace.payments.models.disbursement import Disbursement
from marketplace.payments.models.payment import Payment, callback_token


class RefundStatus(models.TextChoices):
    CREATED = "created", _("about to be sent")
    """The intent is written; the provider may or may not have heard of it yet."""
    SENT = "sent", _("on its way")
    """The provider accepted it. Accepted is not given back."""
    SUCCEEDED = "succeeded", _("given back")
    FAILED = "failed", _("failed")
    """The provider said no: nothing left us. It may be tried again, or given back by hand."""
    UNKNOWN = "unknown", _("not certain")
    """The provider cannot say. Never sent again under another name until it can."""


class Refund(StateMachine):
    """One amount of a payment on its way back to who paid. Its share is reserved on the payment from the start."""

    Status = RefundStatus

    MOVES = {
        Status.CREATED: {Status.SENT, Status.SUCCEEDED, Status.FAILED, Status.UNKNOWN},
        Status.SENT: {Status.SUCCEEDED, Status.FAILED, Status.UNKNOWN},
        Status.UNKNOWN: {Status.SENT, Status.SUCCEEDED, Status.FAILED},
        Status.SUCCEEDED: {Status.FAILED},
        Status.FAILED: {Status.CREATED, Status.SUCCEEDED},
    }

    class Method(models.TextChoices):
        PROVIDER = "provider", _("by the provider")
        """Stripe's refund; M-Pesa's reversal, which takes whole payments only."""
        B2C = "b2c", _("sent to the payer's phone")
        """A part of an M-Pesa payment: a transfer of our own."""
        MANUAL = "manual", _("by hand")
        """The last resort: someone paid it back and says how."""

    class Origin(models.TextChoices):
        OURS = "ours", _("asked for here")
        OUTSIDE = "outside", _("made at the provider")
        """In the provider's own dashboard: we hear of it and book it."""

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=160, unique=True)
    """The caller's idempotency key, for good, e.g. `order:7GQ2:refund:3`; part of the provider's key."""
    amount_minor = models.BigIntegerField()
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.PROVIDER)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.OURS)
    reason = models.CharField(max_length=120, blank=True)
    """Without personal data."""
    attempt = models.PositiveIntegerField(default=1)
    """Rises only after a certain failure: the provider's key of a new attempt is new."""
    callback_token = models.CharField(max_length=64, unique=True, default=callback_token, editable=False)
    external_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    """The provider's name for it: re_..., a ConversationID."""
    receipt = models.CharField(max_length=60, blank=True)
    disbursement = models.OneToOneField(
        Disbursement, null=True, blank=True, on_delete=models.PROTECT, related_name="refund"
    )
    """With `b2c`: the transfer that carries it."""
    attempted_at = models.DateTimeField(null=True, blank=True)
    """When the provider was first asked for this attempt, written before it is; null: it certainly was not."""
    evidence = models.TextField(blank=True)
    """With `manual`: how and when it was paid back, in the words of who did it."""
    failure_code = models.CharField(max_length=60, blank=True)
    failure_text = models.CharField(max_length=300, blank=True)
    checks = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_check("refund_status", RefundStatus),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=~Q(method="manual") | ~Q(status="succeeded") | ~Q(evidence=""),
                name="refund_by_hand_has_evidence",
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="refund_due", condition=Q(next_check_at__isnull=False)),
            models.Index(fields=["-created_at"], name="refund_newest"),
        ]

    def __str__(self) -> str:
        return f"refund of {self.payment_id}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.payment.currency)

    @property
    def covered_minor(self) -> int:
        """What of it others have paid: see `RefundCover`."""
        return self.covers.aggregate(sum=Sum("amount_minor", default=0))["sum"]

    @property
    def left_minor(self) -> int:
        """What is still to be given back of it, or was given back under its own name."""
        return self.amount_minor - self.covered_minor

    @property
    def left(self) -> Money:
        return Money(self.left_minor, self.payment.currency)

    @property
    def provider_key(self) -> str:
        """Deterministic: a repeat of the same attempt is the same request to the provider."""
        return f"sokoni:refund:{self.pk}:{self.attempt}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Refunds are never deleted.", {self})


class RefundCover(models.Model):
    """A part of a failed refund that somebody paid in the provider's dashboard, within a refund made there.

    The rest stays owed, and can be tried again: a payment never gives back more than was paid.
    """

    append_only = True

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="covers")
    name = models.CharField(max_length=80, db_index=True)
    """The provider's name of what was made there."""
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "name"], name="refund_cover_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_cover_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.refund_id}"

    @property
    def key(self) -> str:
        """Of its entry in the books."""
        return f"refund:{self.refund_id}:covered:{self.name}"
