from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models.offer import Offer
from marketplace.core.ids import readable_code, token
from marketplace.core.money import Money
from marketplace.core.states import StateMachine, status_check
from marketplace.payments.models import Payment
from marketplace.sellers.models import Seller


class OrderStatus(models.TextChoices):
    PENDING = "pending", _("waiting for payment")
    PAID = "paid", _("paid")
    """The money is in; what was bought is being made."""
    FULFILLED = "fulfilled", _("complete")
    CANCELLED = "cancelled", _("cancelled")
    """Given up before it was paid. Like an expired one it may still be paid late, while its goods are there."""
    EXPIRED = "expired", _("expired")
    """Not paid in time; the stock went back."""
    REVIEW = "review", _("being looked at")
    """Money came that does not fit: too late, twice, or a wrong amount. A person decides."""


class Order(StateMachine):
    """A sale, with its own copy of every name, price, fee, tax and promise. Never deleted."""

    Status = OrderStatus

    MOVES = {
        Status.PENDING: {Status.PAID, Status.CANCELLED, Status.EXPIRED, Status.REVIEW},
        Status.PAID: {Status.FULFILLED, Status.REVIEW},
        Status.FULFILLED: set(),
        Status.CANCELLED: {Status.REVIEW, Status.PAID},
        Status.EXPIRED: {Status.REVIEW, Status.PAID},
        Status.REVIEW: {Status.PAID, Status.CANCELLED},
    }

    code = models.CharField(max_length=12, unique=True, default=readable_code, editable=False)
    """For people: on receipts, in support calls. Opens nothing."""
    token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    """Opens the order page to whoever holds the link."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="orders")
    cart_token = models.CharField(max_length=64, null=True, unique=True, editable=False)
    """The cart it consumed: a cart becomes one order, however often the button is pressed."""
    email_hash = models.CharField(max_length=64, db_index=True)
    """Keyed hash of the buyer's address: look-up without reading personal data."""
    currency = models.CharField(max_length=3)
    subtotal_minor = models.BigIntegerField()
    """Sum of lines as priced, tax included where the law says so."""
    fee_minor = models.BigIntegerField()
    """Platform fee the buyer pays on top (passed on); 0 when sellers absorb it."""
    tax_minor = models.BigIntegerField()
    """Tax added on top; included tax is in `OrderTax` rows only."""
    total_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    """Given back or on its way back, by our own decision. What a bank took back in a dispute is not in it."""
    locale = models.CharField(max_length=10, default="en")
    terms = models.TextField(blank=True)
    """The terms as accepted, with the moment of acceptance in `placed_at`."""
    review_reason = models.CharField(max_length=60, blank=True)
    expires_at = models.DateTimeField()
    """Until when it can be paid: the hold, extended by a started payment."""
    placed_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(null=True)
    paid_by = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="+")
    """The one payment that paid it; null while unpaid, and for what was free."""
    fulfilled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            status_check("order_status", OrderStatus),
            models.CheckConstraint(
                condition=Q(total_minor=models.F("subtotal_minor") + models.F("fee_minor") + models.F("tax_minor")),
                name="order_adds_up",
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=models.F("total_minor")),
                name="order_never_over_refunded",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="order_expiring", condition=Q(status="pending")),
            models.Index(fields=["user", "-placed_at"], name="order_of_user"),
            models.Index(fields=["-placed_at"], name="order_newest"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def is_paid(self) -> bool:
        return self.status in {OrderStatus.PAID, OrderStatus.FULFILLED}

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Orders are never deleted.", {self})


class OrderClient(models.Model):
    """Who bought: personal data, in a row of its own that can be erased."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, primary_key=True, related_name="client")
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField()
    phone = models.CharField(max_length=16, blank=True)
    """E.164."""
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    visitor = models.CharField(max_length=64, blank=True, db_index=True)
    """As in `Cart`: what unpaid orders hold counts for the same bound."""

    def __str__(self) -> str:
        return f"client of {self.order_id}"


class OrderLine(models.Model):
    """One kind of thing bought. All amounts in minor units of the order's currency, for the whole line."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="order_lines")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="order_lines")
    seller_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    name = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField()
    unit_minor = models.BigIntegerField()
    subtotal_minor = models.BigIntegerField()
    """unit x quantity."""
    fee_minor = models.BigIntegerField()
    """The platform's fee on this line, whoever bears it."""
    fee_passed_on = models.BooleanField()
    tax_minor = models.BigIntegerField()
    """All tax on this line, included or added."""
    tax_added = models.BooleanField(default=False)
    """True: the tax came on top of the price."""
    total_minor = models.BigIntegerField()
    """What the buyer pays for it."""
    service_date = models.DateTimeField(null=True)
    service_zone = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=160, blank=True)
    url = models.CharField(max_length=300, blank=True)
    category = models.CharField(max_length=80, blank=True)
    """Slug of the catalog category it was sold in; a seller's terms may differ by it."""
    refund_policy = models.TextField(blank=True)
    refund_rule = models.CharField(max_length=10, blank=True)
    """A member of `Offer.RefundRule` as it was promised; empty on lines older than the rules: the seller decides."""
    refund_days = models.PositiveSmallIntegerField(default=0)
    refund_percent = models.PositiveSmallIntegerField(default=100)
    commission_tax_minor = models.BigIntegerField(default=0)
    """Tax on the platform's fee, borne by the seller, where the law asks for it."""
    commission_tax_country = models.CharField(max_length=2, blank=True)
    """Whose law: the seller's country on the day of the sale, however often they move."""
    refunded_quantity = models.PositiveIntegerField(default=0)
    """Units ended by a refund or a cancellation."""
    refunded_minor = models.BigIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0)
                & Q(refunded_minor__lte=models.F("total_minor"))
                & Q(refunded_quantity__lte=models.F("quantity")),
                name="order_line_never_over_refunded",
            ),
            models.CheckConstraint(
                condition=Q(subtotal_minor=models.F("unit_minor") * models.F("quantity")), name="order_line_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["seller", "-id"], name="order_line_seller")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}: {self.name}"

    @property
    def seller_share_minor(self) -> int:
        """What the seller earns by it."""
        return self.total_minor - self.fee_minor - self.tax_minor - self.commission_tax_minor


class OrderTax(models.Model):
    """One tax on one line, as the law was that day."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="taxes")
    name = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    basis_points = models.PositiveIntegerField()
    included = models.BooleanField()
    base_minor = models.BigIntegerField()
    """The amount taxed, without the tax."""
    minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} {self.minor}"


class OrderReview(models.Model):
    """Money that came and does not fit its order, or cannot be told: a person decides what becomes of it."""

    class Reason(models.TextChoices):
        LATE = "late_payment", _("paid after the order had ended")
        SECOND = "second_payment", _("paid twice")
        AMOUNT = "wrong_amount", _("paid a wrong amount")
        UNKNOWN = "payment_unknown", _("the provider cannot say whether it was paid")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reviews")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "payment", "reason"], name="order_review_once")]
        indexes = [models.Index(fields=["created_at"], name="order_review_open", condition=Q(resolved_at=None))]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.reason}"
