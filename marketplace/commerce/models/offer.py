from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models.stock import StockPool
from marketplace.core.money import Money
from marketplace.sellers.models import Seller


class Offer(models.Model):
    """What carts and orders know of anything sold: its price, window, limits and stock. Not what it is."""

    class Pricing(models.TextChoices):
        FIXED = "fixed", _("fixed price")
        FREE = "free", _("free")
        PAY_WHAT_YOU_WANT = "pwyw", _("pay what you want")

    class TaxClass(models.TextChoices):
        STANDARD = "standard", _("standard rate")
        ZERO = "zero", _("zero rate")
        EXEMPT = "exempt", _("exempt")

    class RefundRule(models.TextChoices):
        NEVER = "never", _("no refunds, unless it is cancelled")
        BEFORE = "before", _("until some days before it takes place")
        AFTER = "after", _("until some days after the purchase")
        ASK = "ask", _("on request: the seller decides")

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="offers")
    kind = models.CharField(max_length=20)
    """Names the fulfiller: `ticket`, `license`."""
    title = models.CharField(max_length=200)
    """What it belongs to: the event's or product's name. Kept in step by the room above."""
    name = models.CharField(_("name"), max_length=120)
    url = models.CharField(max_length=300, blank=True)
    """Path of the page it is sold on."""
    currency = models.CharField(_("currency"), max_length=3)
    pricing = models.CharField(_("pricing"), max_length=6, choices=Pricing.choices, default=Pricing.FIXED)
    price_minor = models.BigIntegerField(_("price"), default=0)
    """Minor units. For pay-what-you-want: the floor, which may be 0."""
    suggested_minor = models.BigIntegerField(_("suggested price"), null=True, blank=True)
    tax_class = models.CharField(_("tax"), max_length=10, choices=TaxClass.choices, default=TaxClass.STANDARD)
    sales_start = models.DateTimeField(_("sales start"), null=True, blank=True)
    sales_end = models.DateTimeField(_("sales end"), null=True, blank=True)
    min_per_order = models.PositiveIntegerField(_("at least per order"), default=1)
    max_per_order = models.PositiveIntegerField(_("at most per order"), default=10)
    hidden = models.BooleanField(_("hidden"), default=False)
    """Reached only through its own link."""
    active = models.BooleanField(_("on sale"), default=True)
    """Off when the seller stops it, or the event is cancelled, or its page is unpublished."""
    service_date = models.DateTimeField(null=True, blank=True)
    """When what is bought takes place; holds on the seller's money count from it."""
    service_zone = models.CharField(max_length=64, blank=True)
    """IANA zone in which people say `service_date`; empty: the site's own."""
    place = models.CharField(max_length=160, blank=True)
    """Where, in a few words: the venue and its city."""
    image_url = models.CharField(max_length=300, blank=True)
    """A small upright picture for the cart."""
    category = models.CharField(max_length=80, blank=True)
    """Slug of the catalog category it is sold in. Kept in step by the room above."""
    refund_policy = models.TextField(blank=True)
    """In the seller's own words; what the rule below says is what counts."""
    refund_rule = models.CharField(max_length=10, choices=RefundRule.choices, default=RefundRule.ASK)
    refund_days = models.PositiveSmallIntegerField(default=7)
    """With `before` and `after`: so many days."""
    refund_percent = models.PositiveSmallIntegerField(default=100)
    """How much of what was paid the buyer gets back within the rule."""
    pools = models.ManyToManyField(StockPool, through="commerce.OfferPool", related_name="offers")
    """Every pool it draws from, one of each per unit sold. None: not scarce."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="offer_price_not_negative"),
            models.CheckConstraint(condition=~Q(pricing="free") | Q(price_minor=0), name="offer_free_is_free"),
            models.CheckConstraint(condition=~Q(pricing="fixed") | Q(price_minor__gt=0), name="offer_fixed_has_price"),
            models.CheckConstraint(condition=Q(refund_percent__lte=100), name="offer_refund_at_most_whole"),
            models.CheckConstraint(
                condition=Q(min_per_order__gte=1) & Q(max_per_order__gte=F("min_per_order")), name="offer_limits_sane"
            ),
        ]
        indexes = [models.Index(fields=["seller", "kind"], name="offer_seller")]

    def __str__(self) -> str:
        return f"{self.title}: {self.name}"

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class OfferPool(models.Model):
    """An offer draws on a pool."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="pool_links")
    pool = models.ForeignKey(StockPool, on_delete=models.PROTECT, related_name="offer_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "pool"], name="offer_pool_once")]

    def __str__(self) -> str:
        return f"{self.offer_id} draws on {self.pool_id}"
