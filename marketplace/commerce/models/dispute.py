from django.db import models

from marketplace.commerce.models.order import Order
from marketplace.payments.models import Dispute


class OrderDispute(models.Model):
    """What a bank's dispute does to an order: whose money is held, and how it was split, for the way back."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="disputes")
    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, related_name="order_dispute")
    amount_minor = models.BigIntegerField(default=0)
    """What the bank took, as it was booked."""
    parts = models.JSONField(default=list)
    """[{"line", "share", "fee", "tax", "commission_tax"}], minor units: what of each line is held, or was lost."""
    openings = models.PositiveSmallIntegerField(default=1)
    """A dispute that ended for us may be opened again: part of every key derived from it."""
    fee_minor = models.BigIntegerField(default=0)
    """What the provider charges for it, as far as it is booked."""
    fee_bookings = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    lost = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order"], name="order_dispute_open", condition=models.Q(closed_at=None))]

    def __str__(self) -> str:
        return f"{self.order_id} {self.dispute_id}"
