from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.models import Seller


class StockPool(models.Model):
    """A scarce thing: so many seats, so many copies. `held` and `sold` sum up `Claim` rows. One writer: `stock.py`."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    capacity = models.PositiveIntegerField(_("how many there are"))
    held = models.PositiveIntegerField(default=0, editable=False)
    """In carts and unpaid orders, including holds that ran out and nobody has swept yet."""
    sold = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=F("held") + F("sold")), name="stock_never_oversold"),
            models.CheckConstraint(condition=Q(held__gte=0) & Q(sold__gte=0), name="stock_never_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def free(self) -> int:
        return self.capacity - self.held - self.sold


class Claim(models.Model):
    """So many of a pool, taken by a cart line or an order line. Expired ones count as free at once."""

    class Status(models.TextChoices):
        HELD = "held"
        SOLD = "sold"
        RELEASED = "released"

    pool = models.ForeignKey(StockPool, on_delete=models.PROTECT, related_name="claims")
    cart_line = models.ForeignKey("commerce.CartLine", null=True, on_delete=models.SET_NULL, related_name="claims")
    order_line = models.ForeignKey("commerce.OrderLine", null=True, on_delete=models.PROTECT, related_name="claims")
    quantity = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.HELD)
    expires_at = models.DateTimeField()
    """Means something while held by a cart. An unpaid order's claim is released only once the provider confirmed."""
    firm = models.BooleanField(default=False)
    """Held for a started payment: never released by time alone."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="claim_quantity_positive"),
            models.UniqueConstraint(fields=["cart_line", "pool"], name="claim_held_once", condition=Q(status="held")),
            models.UniqueConstraint(fields=["order_line", "pool"], name="claim_ordered_once"),
        ]
        indexes = [
            models.Index(fields=["pool", "expires_at"], name="claim_expiring", condition=Q(status="held", firm=False)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.pool_id} ({self.status})"
