from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import Money
from marketplace.core.states import StateMachine, status_check
from marketplace.payments.models.payment import Payment, callback_token


class PaybillStatus(models.TextChoices):
    WAITING = "waiting", _("being matched")
    MATCHED = "matched", _("matched")
    """It is the money of a payment: one we asked for, or one made for it."""
    UNALLOCATED = "unallocated", _("nobody's yet")
    """Its reference fits nothing that waits for this amount. A person assigns or returns it."""
    RETURNED = "returned", _("returned")
    REFUSED = "refused", _("not M-Pesa's")
    """M-Pesa, asked, knows no such money: whoever sent the message was not M-Pesa. Nothing is booked."""


class PaybillReceipt(StateMachine):
    """Money on the paybill, as M-Pesa confirmed it (C2B). The same money may be known from a prompt: same receipt."""

    Status = PaybillStatus

    MOVES = {
        Status.WAITING: {Status.MATCHED, Status.UNALLOCATED, Status.REFUSED},
        Status.UNALLOCATED: {Status.MATCHED, Status.RETURNED},
        Status.MATCHED: set(),
        Status.RETURNED: set(),
        Status.REFUSED: {Status.WAITING},
    }

    receipt = models.CharField(max_length=60, unique=True)
    """M-Pesa's TransID, the same as the receipt number of a prompt's payment."""
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="KES")
    shortcode = models.CharField(max_length=20)
    reference_typed = models.CharField(max_length=40, blank=True)
    """BillRefNumber as the payer typed it."""
    reference = models.CharField(max_length=40, blank=True, db_index=True)
    """Normalized, see `payments.paybill.normalized`."""
    payer_hint = models.CharField(max_length=60, blank=True)
    """Masked number and first name, as M-Pesa gives them. Never matched by."""
    paid_at = models.DateTimeField()
    payment = models.OneToOneField(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="paybill")
    callback_token = models.CharField(max_length=64, unique=True, default=callback_token, editable=False)
    """Makes the address of M-Pesa's answer about it unguessable."""
    question = models.CharField(max_length=120, blank=True)
    """M-Pesa's name of our last question about it; its answer must bear it."""
    asked_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    """When M-Pesa, asked by us, said that this money is there. A confirmation alone is anybody's word."""
    note = models.CharField(max_length=300, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    checks = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_check("paybill_status", PaybillStatus),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="paybill_amount_positive"),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], name="paybill_due", condition=Q(next_check_at__isnull=False)),
            models.Index(fields=["status", "-created_at"], name="paybill_newest"),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
