import secrets
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.ids import opaque_id
from marketplace.core.money import Money
from marketplace.core.states import StateMachine, status_check


def callback_token() -> str:
    """An unguessable token in hex digits: Daraja refuses URLs with "exe", "cmd" or "sql", which base64 may spell."""
    return secrets.token_hex(32)


class PaymentStatus(models.TextChoices):
    CREATED = "created", _("created")
    """The intent is written; the provider may or may not have heard of it yet."""
    PENDING = "pending", _("waiting for the buyer")
    """The provider accepted it. Accepted is not paid."""
    SUCCEEDED = "succeeded", _("paid")
    FAILED = "failed", _("failed")
    """The provider said so. A late success is still possible and then wins."""
    EXPIRED = "expired", _("expired")
    """Past its deadline, and the provider confirmed that it can no longer be paid."""
    REVIEW = "review", _("needs review")
    """Past its deadline and the provider cannot say, or what it says contradicts what we asked for."""


class Payment(StateMachine):
    """One attempt to collect one amount through one provider. An order may see several, at most one of them live."""

    Status = PaymentStatus

    LIVE: ClassVar[frozenset[str]] = frozenset({Status.CREATED, Status.PENDING})
    MOVES = {
        Status.CREATED: {Status.PENDING, Status.SUCCEEDED, Status.FAILED, Status.EXPIRED, Status.REVIEW},
        Status.PENDING: {Status.SUCCEEDED, Status.FAILED, Status.EXPIRED, Status.REVIEW},
        Status.FAILED: {Status.SUCCEEDED, Status.REVIEW},
        Status.EXPIRED: {Status.SUCCEEDED, Status.REVIEW},
        Status.REVIEW: {Status.SUCCEEDED, Status.FAILED, Status.EXPIRED},
        Status.SUCCEEDED: set(),
    }

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    reference = models.CharField(max_length=40, db_index=True)
    """What is paid for: the order code. Payments know no orders."""
    attempt = models.PositiveIntegerField()
    """1, 2, 3... per reference; part of the provider's idempotency key."""
    provider = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=120, blank=True)
    callback_token = models.CharField(max_length=64, unique=True, default=callback_token, editable=False)
    """Makes the callback URL of this attempt unguessable."""
    external_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    """The provider's name for it: a Checkout Session id, a CheckoutRequestID."""
    external_ref = models.CharField(max_length=120, blank=True)
    """The provider's second name: a PaymentIntent id, a MerchantRequestID."""
    receipt = models.CharField(max_length=60, null=True, blank=True, unique=True)
    """The provider's receipt number of the money itself: an M-Pesa receipt, a charge id."""
    return_url = models.URLField(max_length=500, blank=True)
    cancel_url = models.URLField(max_length=500, blank=True)
    """Where the provider's page sends the buyer; kept, because a repeat of the request must be the same request."""
    next_url = models.URLField(max_length=1000, blank=True)
    """Where the buyer pays, when the provider has a page for that."""
    fee_minor = models.BigIntegerField(null=True, blank=True)
    """What the provider kept, in the payment's currency, once known."""
    refunded_minor = models.BigIntegerField(default=0)
    """Given back or on its way back: reserved under the payment's lock before a provider is asked."""
    failure_code = models.CharField(max_length=60, blank=True)
    """Why it failed, was declined or needs review."""
    failure_text = models.CharField(max_length=300, blank=True)
    deadline = models.DateTimeField()
    """When the provider is asked to give up."""
    checked_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    """When the reconciler looks at it next; null once it is settled."""
    checks = models.PositiveIntegerField(default=0)
    """How often the provider was asked what became of it."""
    closings = models.PositiveIntegerField(default=0)
    """How often, past the deadline, it was asked to give up."""
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_check("payment_status", PaymentStatus),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=models.F("amount_minor")),
                name="payment_never_over_refunded",
            ),
            models.UniqueConstraint(fields=["reference", "attempt"], name="payment_attempt_once"),
            models.UniqueConstraint(
                fields=["reference"], name="payment_one_live", condition=Q(status__in=["created", "pending"])
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="payment_due", condition=Q(next_check_at__isnull=False)),
            models.Index(fields=["-created_at"], name="payment_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}/{self.attempt}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    @property
    def idempotency_key(self) -> str:
        """Deterministic: a repeat of the same attempt is the same request to the provider."""
        return f"sokoni:{self.reference}:{self.attempt}:{self.pk}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Payments are never deleted.", {self})


class PaymentClient(models.Model):
    """Who asked for it: personal data, in a row of its own that can be erased."""

    payment = models.OneToOneField(Payment, on_delete=models.CASCADE, primary_key=True, related_name="client")
    phone = models.CharField(max_length=16, blank=True)
    """E.164."""
    email = models.EmailField(blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    card = models.CharField(max_length=64, blank=True)
    """The provider's fingerprint of the card, once known: the same card has the same one."""

    class Meta:
        indexes = [
            models.Index(fields=["phone"], name="payment_by_phone", condition=~Q(phone="")),
            models.Index(fields=["email"], name="payment_by_email", condition=~Q(email="")),
            models.Index(fields=["ip"], name="payment_by_address", condition=Q(ip__isnull=False)),
            models.Index(fields=["card"], name="payment_by_card", condition=~Q(card="")),
        ]

    def __str__(self) -> str:
        return f"client of {self.payment_id}"
