from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.commerce.models.offer import Offer
from marketplace.core.ids import token
from marketplace.core.money import Money


class Cart(models.Model):
    """What a visitor means to buy. Found by a random token in the session; a member's by the account too."""

    token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="carts")
    currency = models.CharField(max_length=3, blank=True)
    """Of its first line; one cart, one currency."""
    visitor = models.CharField(max_length=64, blank=True, db_index=True)
    """Keyed hash of the visitor's network address: bounds how much one visitor can hold."""
    held_since = models.DateTimeField(null=True)
    """When the running hold began: adding more prolongs it, but not for ever."""
    held_until = models.DateTimeField(null=True)
    """When its stock is given back, unless an order is placed."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="cart_stale")]

    def __str__(self) -> str:
        return f"cart {self.pk}"


class CartLine(models.Model):
    """So many of an offer, at the price the visitor saw."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_minor = models.BigIntegerField()
    """All-in price of one as it was shown, so that a change is noticed and said."""
    chosen_minor = models.BigIntegerField(null=True)
    """Pay what you want: what the visitor chose, before anything on top."""
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "offer"], name="cart_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0) & Q(unit_minor__gte=0), name="cart_line_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.offer_id}"

    @property
    def unit(self) -> Money:
        return Money(self.unit_minor, self.cart.currency)

    @property
    def base_minor(self) -> int:
        """What one costs before anything on top; a chosen amount never below a floor that was raised since."""
        if self.offer.pricing == Offer.Pricing.PAY_WHAT_YOU_WANT:
            return max(self.chosen_minor or 0, self.offer.price_minor)
        return self.offer.price_minor
