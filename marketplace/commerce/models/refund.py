from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models.order import Order, OrderLine
from marketplace.core.money import Money
from marketplace.core.states import StateMachine, status_check
from marketplace.payments.models import Refund


class OrderRefundStatus(models.TextChoices):
    ASKED = "asked", _("asked for")
    """By the buyer; somebody decides, or the promised rule does at once."""
    SENDING = "sending", _("on its way")
    """Decided, booked and withdrawn; the money is under way."""
    DONE = "done", _("given back")
    FAILED = "failed", _("could not be sent")
    """Still owed: tried again, or paid back by hand."""
    REFUSED = "refused", _("refused")
    OVERTAKEN = "overtaken", _("settled with another refund")
    """A request for what was given back, or ended, before anybody answered it."""


class OrderRefund(StateMachine):
    """A decision to give back money of an order, whole or in part, and what it ends. Never deleted."""

    Status = OrderRefundStatus

    MOVES = {
        Status.ASKED: {Status.SENDING, Status.REFUSED, Status.DONE, Status.OVERTAKEN},
        Status.SENDING: {Status.DONE, Status.FAILED},
        Status.FAILED: {Status.SENDING, Status.DONE},
        Status.DONE: {Status.FAILED},
        Status.REFUSED: set(),
        Status.OVERTAKEN: set(),
    }

    class By(models.TextChoices):
        STAFF = "staff", _("the marketplace")
        SELLER = "seller", _("the seller")
        BUYER = "buyer", _("the buyer")
        SYSTEM = "system", _("automatically")
        PROVIDER = "provider", _("the payment provider")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    number = models.PositiveIntegerField()
    """1, 2, 3... per order: part of every key derived from it."""
    asked_by = models.CharField(max_length=10, choices=By.choices)
    actor_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Shown to buyer and seller."""
    answer = models.CharField(max_length=300, blank=True)
    """Why it was refused, or what the seller adds."""
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payment_refund = models.OneToOneField(
        Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="order_refund"
    )
    batch = models.CharField(max_length=64, blank=True, db_index=True)
    """The bulk refund it belongs to."""
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_check("order_refund_status", OrderRefundStatus),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="order_refund_not_negative"),
            models.UniqueConstraint(fields=["order", "number"], name="order_refund_numbered"),
            models.UniqueConstraint(
                fields=["order", "batch"], name="order_refund_once_per_batch", condition=~Q(batch="")
            ),
        ]
        indexes = [models.Index(fields=["status", "-created_at"], name="order_refund_newest")]

    def __str__(self) -> str:
        return f"{self.order_id} refund {self.number}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Refunds are never deleted.", {self})


class OrderRefundLine(models.Model):
    """What of one line is given back. All amounts in minor units of the order's currency, for the whole row."""

    refund = models.ForeignKey(OrderRefund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    positions = models.JSONField(default=list)
    """Which units it ends, 1 to the line's quantity; empty: it gives back money and ends nothing."""
    restock = models.BooleanField(default=True)
    """The units go back on sale."""
    total_minor = models.BigIntegerField()
    """What the buyer gets: the sum of the four below."""
    share_minor = models.BigIntegerField()
    """Borne by the seller."""
    fee_minor = models.BigIntegerField()
    """Commission given back."""
    tax_minor = models.BigIntegerField()
    commission_tax_minor = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    total_minor=models.F("share_minor")
                    + models.F("fee_minor")
                    + models.F("tax_minor")
                    + models.F("commission_tax_minor")
                ),
                name="order_refund_line_adds_up",
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="order_refund_line_not_negative"),
            models.UniqueConstraint(fields=["refund", "line"], name="order_refund_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} line {self.line_id}"
