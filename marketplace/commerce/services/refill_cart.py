from django.db import transaction

from marketplace.commerce.errors import CartEmpty
from marketplace.commerce.models import Cart, Offer, Order, OrderLine
from marketplace.commerce.services.add_to_cart import Wish, add_to_cart
from marketplace.core.errors import Refusal
from marketplace.core.money import Money


def refill_cart(*, order_id: int, token: str | None, visitor: str = "", user_id: int | None = None) -> Cart:
    """Put an expired or cancelled order's lines into a fresh cart, each as far as it can be had now.

    Raises `CartEmpty` while the order can still be paid, and the first line's refusal when none can be had.
    """
    order = Order.objects.get(pk=order_id)
    if order.status not in {Order.Status.EXPIRED, Order.Status.CANCELLED}:
        raise CartEmpty
    first: Refusal | None = None
    cart: Cart | None = None
    for line in OrderLine.objects.filter(order=order).select_related("offer"):
        try:
            with transaction.atomic():
                cart = add_to_cart(
                    token=cart.token if cart else token,
                    wishes=[_wish(line)],
                    visitor=visitor,
                    user_id=user_id,
                    replace=cart is None,
                )
        except Refusal as refusal:
            first = first or refusal
    if cart is None:
        raise first or CartEmpty()
    return cart


def _wish(line: OrderLine) -> Wish:
    chosen = line.offer.pricing == Offer.Pricing.PAY_WHAT_YOU_WANT
    amount = Money(max(line.unit_minor, line.offer.price_minor), line.offer.currency)
    return Wish(line.offer_id, line.quantity, f"{amount.decimal():f}" if chosen else "")
