from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models.offer import Offer
from marketplace.commerce.models.order import Order
from marketplace.commerce.models.refund import OrderRefund
from marketplace.core.states import StateMachine, status_check
from marketplace.sellers.models import Seller


class BulkRefundStatus(models.TextChoices):
    DRAFT = "draft", _("waits for a decision")
    """Something was called off; nobody has said yet what its buyers get."""
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    DONE = "done", _("done")
    """Every order has its answer. An order paid late, or a retry, sets it running again."""


class BulkRefund(StateMachine):
    """What the buyers of something that was called off or put off get, order by order."""

    Status = BulkRefundStatus

    MOVES = {
        Status.DRAFT: {Status.RUNNING},
        Status.RUNNING: {Status.PAUSED, Status.DONE},
        Status.PAUSED: {Status.RUNNING},
        Status.DONE: {Status.RUNNING},
    }

    class Cause(models.TextChoices):
        CANCELLED = "cancelled", _("cancelled")
        POSTPONED = "postponed", _("postponed")

    class Act(models.TextChoices):
        REFUND = "refund", _("refund everybody")
        KEEP = "keep", _("keep what was bought valid")
        """Nothing is given back by itself; until `until` whoever asks gets all of it."""

    subject = models.CharField(max_length=60)
    """What it is about, in the words of the room above, e.g. "date:12"."""
    number = models.PositiveIntegerField()
    """1, 2, 3... per subject: put off first, called off later."""
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="bulk_refunds")
    title = models.CharField(max_length=200)
    takes_place = models.DateTimeField()
    """When it was to be: what the buyers know it by."""
    zone = models.CharField(max_length=64, blank=True)
    new_date = models.DateTimeField(null=True, blank=True)
    """When it will be instead, if anybody knows."""
    offers = models.ManyToManyField(Offer, related_name="bulk_refunds")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    act = models.CharField(max_length=10, choices=Act.choices, default=Act.REFUND)
    until = models.DateTimeField(null=True, blank=True)
    """Last moment to ask, where what was bought stays valid."""
    message = models.TextField(blank=True)
    """Plain words to the buyers, part of their mail."""
    asked_by = models.CharField(max_length=10, choices=OrderRefund.By.choices, default=OrderRefund.By.STAFF)
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_check("bulk_refund_status", BulkRefundStatus),
            models.UniqueConstraint(fields=["subject", "number"], name="bulk_refund_numbered"),
        ]
        indexes = [models.Index(fields=["status", "-created_at"], name="bulk_refund_newest")]
        verbose_name = _("bulk refund")
        verbose_name_plural = _("bulk refunds")

    def __str__(self) -> str:
        return f"{self.title} ({self.get_cause_display()})"

    @property
    def key(self) -> str:
        """The batch its refunds belong to."""
        return f"bulk:{self.pk}"


class BulkRefundOrderStatus(models.TextChoices):
    PENDING = "pending", _("waiting")
    DONE = "done", _("done")
    """Decided, booked and told; or, where nothing is given back, told."""
    SKIPPED = "skipped", _("nothing left")
    FAILED = "failed", _("failed")
    """Needs a person, or another try: `code` says why."""


class BulkRefundOrder(StateMachine):
    """One order of a bulk refund: one small step that happens once."""

    Status = BulkRefundOrderStatus

    MOVES = {
        Status.PENDING: {Status.DONE, Status.SKIPPED, Status.FAILED},
        Status.FAILED: {Status.PENDING},
        Status.DONE: set(),
        Status.SKIPPED: set(),
    }

    bulk = models.ForeignKey(BulkRefund, on_delete=models.PROTECT, related_name="orders")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="bulk_refunds")
    refund = models.OneToOneField(
        OrderRefund, null=True, blank=True, on_delete=models.PROTECT, related_name="bulk_refund_order"
    )
    code = models.CharField(max_length=40, blank=True)
    """Of the refusal."""
    why = models.CharField(max_length=300, blank=True)
    tries = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            status_check("bulk_refund_order_status", BulkRefundOrderStatus),
            models.UniqueConstraint(fields=["bulk", "order"], name="bulk_refund_order_once"),
        ]
        indexes = [models.Index(fields=["bulk", "status"], name="bulk_refund_order_state")]

    def __str__(self) -> str:
        return f"{self.bulk_id}: order {self.order_id}"
