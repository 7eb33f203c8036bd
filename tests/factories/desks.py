"""Whole sales, made the way buyers make them, for whoever looks at them from behind."""

from itertools import count

from marketplace.commerce.cart_view import cart_view, fingerprint
from marketplace.commerce.models import Offer, Order
from marketplace.commerce.services import Buyer, Wish, add_to_cart, mark_paid, place_order
from tests.factories.payments import make_payment

_numbers = count(1)


def make_order(*offers: Offer, quantity: int = 1, **buyer: str) -> Order:
    """An order that waits for its money: one line per offer."""
    number = next(_numbers)
    cart = add_to_cart(token=None, wishes=[Wish(offer.pk, quantity) for offer in offers], visitor=f"visitor-{number}")
    seen = fingerprint(cart_view(cart.token).quote)
    who = {"email": f"buyer{number}@example.com", "name": f"Buyer {number}", "phone": "+254712345678"}
    return place_order(token=cart.token, seen=seen, buyer=Buyer(**{**who, **buyer}), terms="Be kind.")


def make_sale(*offers: Offer, quantity: int = 1, provider: str = "mpesa", **buyer: str) -> Order:
    """A paid order, booked in the ledger; not yet delivered (`outbox.drain()` does that)."""
    order = make_order(*offers, quantity=quantity, **buyer)
    receipt = f"SJ{next(_numbers):08d}"
    payment = make_payment(
        provider=provider, status="succeeded", amount=order.total_minor, currency=order.currency,
        reference=order.code, receipt=receipt, next_check_at=None, phone=buyer.get("phone", "+254712345678"),
    )  # fmt: skip
    mark_paid(payment_id=str(payment.pk))
    order.refresh_from_db()
    return order
