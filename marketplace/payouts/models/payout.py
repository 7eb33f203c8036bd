from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.ids import opaque_id, readable_code
from marketplace.core.money import Money
from marketplace.core.states import StateMachine, status_check
from marketplace.payments.models import Disbursement
from marketplace.payouts.models.destination import Destination
from marketplace.payouts.models.earning import Earning
from marketplace.sellers.models import Seller


class PayoutRun(models.Model):
    """One round of proposals. Who was skipped is part of it, with the reason, and the seller sees that."""

    code = models.CharField(max_length=12, unique=True, default=readable_code, editable=False)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField()
    """What became available before this moment is in it."""
    actor_id = models.BigIntegerField(null=True)
    scheduled = models.BooleanField(default=True)
    """Started by the calendar. A person's run, or a seller's request, leaves the schedule as it is."""

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return self.code


class PayoutSkip(models.Model):
    """A seller who got nothing in a run, and why."""

    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="skips")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="payout_skips")
    currency = models.CharField(max_length=3)
    available_minor = models.BigIntegerField()
    code = models.CharField(max_length=40)
    """`open_payout`, `owes`, `unverified`, `no_destination`, `cooling_off`, `not_ready`, `below_minimum`,
    `not_scheduled`, `problem`: see `services.eligibility`."""
    text = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "seller", "currency"], name="payout_skip_once")]
        indexes = [models.Index(fields=["seller", "-id"], name="payout_skip_of_seller")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.code}"


class PayoutStatus(models.TextChoices):
    PROPOSED = "proposed", _("to be reviewed")
    HELD = "held", _("held")
    """A person wants to know more; the seller sees the reason."""
    APPROVED = "approved", _("approved")
    """Everyone needed has agreed; about to be sent."""
    SENDING = "sending", _("on its way")
    """Booked as in transit; the rail was asked, or is about to be."""
    UNKNOWN = "unknown", _("not certain")
    """The rail cannot say. Never sent again under another name."""
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")
    """The rail said no; the money is back on the seller's available account."""
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")
    """Something changed since it was proposed, e.g. the destination. The next run proposes anew."""


class Payout(StateMachine):
    """One transfer of a seller's available money in one currency, from proposal to receipt. Never deleted."""

    Status = PayoutStatus

    OPEN = frozenset({Status.PROPOSED, Status.HELD, Status.APPROVED, Status.SENDING, Status.UNKNOWN})
    STANDING = OPEN | {Status.PAID}
    """What it pays is in no other payout."""
    MOVES = {
        Status.PROPOSED: {Status.HELD, Status.APPROVED, Status.REJECTED, Status.CANCELLED},
        Status.HELD: {Status.PROPOSED, Status.APPROVED, Status.REJECTED, Status.CANCELLED},
        Status.APPROVED: {Status.HELD, Status.SENDING, Status.CANCELLED},
        Status.SENDING: {Status.PAID, Status.FAILED, Status.UNKNOWN, Status.CANCELLED},
        Status.UNKNOWN: {Status.PAID, Status.FAILED, Status.SENDING},
        Status.PAID: {Status.FAILED},
        Status.FAILED: {Status.PAID},
        Status.REJECTED: set(),
        Status.CANCELLED: set(),
    }

    code = models.CharField(max_length=12, unique=True, default=readable_code, editable=False)
    token = models.UUIDField(unique=True, default=opaque_id, editable=False)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="payouts")
    currency = models.CharField(max_length=3)
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="payouts")
    until = models.DateTimeField()
    """The statement ends here."""
    gross_minor = models.BigIntegerField()
    """What leaves the available account: net + withholding + fee."""
    withholding_minor = models.BigIntegerField(default=0)
    withholding_base_minor = models.BigIntegerField(default=0)
    """What the rate was taken of, see `conf.withholding_base`."""
    withholding_basis_points = models.PositiveIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField()
    """What arrives."""
    opening_minor = models.BigIntegerField(default=0)
    """Carried here from the payouts before: the first item, when it is not zero."""
    carried_minor = models.BigIntegerField(default=0)
    """Left on the available account because the rail moves whole units only."""
    signals = models.JSONField(default=list)
    """Risk signals at the time of the proposal: [{"code", "text", "weight"}]."""
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=300, blank=True)
    """Why it is held, was rejected, cancelled or failed; shown to the seller."""
    bookings = models.PositiveSmallIntegerField(default=0)
    """How often it was booked out: again when a rail says paid after all, having said that it failed."""
    disbursement = models.OneToOneField(
        Disbursement, null=True, blank=True, on_delete=models.PROTECT, related_name="payout"
    )
    proposed_at = models.DateTimeField(auto_now_add=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_check("payout_status", PayoutStatus),
            models.CheckConstraint(
                condition=Q(gross_minor=F("net_minor") + F("withholding_minor") + F("fee_minor")),
                name="payout_adds_up",
            ),
            models.CheckConstraint(condition=Q(net_minor__gt=0), name="payout_net_positive"),
            models.UniqueConstraint(
                fields=["seller", "currency"],
                name="payout_one_open",
                condition=Q(status__in=["proposed", "held", "approved", "sending", "unknown"]),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-proposed_at"], name="payout_by_status"),
            models.Index(fields=["seller", "-proposed_at"], name="payout_of_seller"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_paid(self) -> bool:
        return self.status == PayoutStatus.PAID

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Payouts are never deleted.", {self})


class PayoutItem(models.Model):
    """One movement on the seller's available account that a payout pays out. They add up to gross + carried."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="items")
    posting_id = models.UUIDField()
    """The ledger's posting: in one payout at most, unless that one was given up before it was sent."""
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    """Of the ledger entry: release, reserve_matured, refund...; or `carried`, whose `posting_id` is no posting's."""
    earning = models.ForeignKey(Earning, null=True, blank=True, on_delete=models.PROTECT, related_name="payout_items")
    """With a release or a matured reserve: the sale it comes from."""
    reference = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=330, blank=True)
    minor = models.BigIntegerField()
    """Positive: in the seller's favor."""

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["payout", "posting_id"], name="payout_item_once")]
        indexes = [models.Index(fields=["posting_id"], name="payout_item_posting")]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.minor:+d}"


class PayoutDecision(models.Model):
    """Who decided what about a payout, and why. Append-only."""

    append_only = True

    class Verb(models.TextChoices):
        APPROVE = "approve", _("approved")
        HOLD = "hold", _("held")
        REJECT = "reject", _("rejected")
        CANCEL = "cancel", _("cancelled")
        RELEASE = "release", _("let go")
        SETTLE = "settle", _("settled by hand")

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=10, choices=Verb.choices)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.verb}"
