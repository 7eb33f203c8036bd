from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.states import StateMachine, status_check
from marketplace.sellers.models import Seller


class EarningStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    """Earned; its share lies on the seller's pending account until `release_at`."""
    RELEASED = "released", _("released")
    """Its share moved to available, a part of it perhaps to the reserve."""


class Earning(StateMachine):
    """What a seller earns by one order line, and where that money is. Moves and ledger entries go together."""

    Status = EarningStatus

    MOVES = {Status.PENDING: {Status.RELEASED}, Status.RELEASED: set()}

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="earnings")
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=40, db_index=True)
    """The order code."""
    line_id = models.BigIntegerField(unique=True)
    """The order line's number. This room knows no orders."""
    kind = models.CharField(max_length=20)
    category = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=330)
    """What was sold, in words: "2 x Jazz Night: Standing"."""
    gross_minor = models.BigIntegerField()
    """What the buyer paid for it."""
    fee_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    commission_tax_minor = models.BigIntegerField(default=0)
    share_minor = models.BigIntegerField()
    """gross - fee - tax - commission tax: what the seller earns."""
    returned_minor = models.BigIntegerField(default=0)
    """Of the share: given back to buyers or lost in disputes."""
    fee_returned_minor = models.BigIntegerField(default=0)
    commission_tax_returned_minor = models.BigIntegerField(default=0)
    """Of our commission and its tax: given back with the share. The commission invoice bills what is left."""
    disputed_minor = models.BigIntegerField(default=0)
    """Of the share: lying on the dispute hold."""
    hold_days = models.PositiveSmallIntegerField(default=0)
    reserve_basis_points = models.PositiveIntegerField(default=0)
    reserve_days = models.PositiveSmallIntegerField(default=0)
    """The terms at the time of sale, copied: a later change of terms does not reach back."""
    reserve_minor = models.BigIntegerField(default=0)
    """Of the share: kept in the reserve at release, until `reserve_until`."""
    reserve_until = models.DateTimeField(null=True, blank=True)
    reserve_matured_at = models.DateTimeField(null=True, blank=True)
    service_date = models.DateTimeField(null=True, blank=True)
    earned_at = models.DateTimeField()
    release_at = models.DateTimeField()
    """When it becomes available: so many days after the service date, or after the sale when there is none."""
    released_at = models.DateTimeField(null=True, blank=True)
    held_reason = models.CharField(max_length=200, blank=True)
    """Not released while set; shown to the seller."""

    class Meta:
        constraints = [
            status_check("earning_status", EarningStatus),
            models.CheckConstraint(
                condition=Q(returned_minor__gte=0)
                & Q(disputed_minor__gte=0)
                & Q(share_minor__gte=F("returned_minor") + F("disputed_minor")),
                name="earning_never_over_returned",
            ),
            models.CheckConstraint(
                condition=Q(fee_returned_minor__gte=0, fee_returned_minor__lte=F("fee_minor"))
                & Q(commission_tax_returned_minor__gte=0)
                & Q(commission_tax_returned_minor__lte=F("commission_tax_minor")),
                name="earning_fee_never_over_returned",
            ),
            models.CheckConstraint(
                condition=Q(reserve_minor__gte=0, reserve_minor__lte=F("share_minor")), name="earning_reserve_in_share"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", released_at=None, reserve_minor=0)
                | Q(status="released", released_at__isnull=False),
                name="earning_released_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(gross_minor=F("share_minor") + F("fee_minor") + F("tax_minor") + F("commission_tax_minor")),
                name="earning_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["release_at"], name="earning_due", condition=Q(status="pending")),
            models.Index(fields=["seller", "currency", "status", "release_at"], name="earning_of_seller"),
            models.Index(
                fields=["reserve_until"],
                name="earning_reserve_due",
                condition=Q(reserve_minor__gt=0, reserve_matured_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.label}"

    @property
    def left_minor(self) -> int:
        """Of the share: neither given back nor disputed."""
        return self.share_minor - self.returned_minor - self.disputed_minor
