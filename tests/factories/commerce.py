"""Sellers, offers, carts and orders for tests, made through the services wherever there is one."""

import itertools
from typing import Any

from marketplace.commerce.cart_view import cart_view, fingerprint
from marketplace.commerce.models import Cart, Offer, Order, StockPool, TaxRate
from marketplace.commerce.services import Buyer, Wish, add_to_cart, create_pool, mark_paid, place_order, save_offer
from marketplace.sellers.models import Seller
from tests.factories.payments import make_payment

_numbers = itertools.count(1)


def make_seller(name: str = "", **fields: Any) -> Seller:
    """A seller in Kenya; by default not registered for VAT and with no fee, so that sums in tests stay plain."""
    number = next(_numbers)
    defaults = {"name": name or f"Seller {number}", "slug": f"seller-{number}", "fee_basis_points": 0}
    return Seller.objects.create(**{**defaults, **fields})


def make_pool(capacity: int = 50, *, seller: Seller | None = None, name: str = "Standing") -> StockPool:
    return create_pool(seller=seller or make_seller(), name=name, capacity=capacity, actor_id=None)


def make_offer(
    kind: str = "ticket",
    *,
    price: int = 100_000,
    capacity: int | None = 50,
    currency: str = "KES",
    seller: Seller | None = None,
    pools: list[StockPool] | None = None,
    **fields: Any,
) -> Offer:
    """An offer on sale. `capacity` None: not scarce. `pools` are used instead of one of its own."""
    seller = seller or (pools[0].seller if pools else make_seller())
    if pools is None:
        pools = [make_pool(capacity, seller=seller)] if capacity is not None else []
    number = next(_numbers)
    defaults = {
        "seller": seller,
        "kind": kind,
        "title": f"Event {number}",
        "name": "Standing",
        "currency": currency,
        "pricing": Offer.Pricing.FIXED if price else Offer.Pricing.FREE,
        "price_minor": price,
        "url": f"/events/event-{number}/",
    }
    return save_offer(offer=None, actor_id=None, pools=pools, **{**defaults, **fields})


def make_rate(basis_points: int = 1600, *, included: bool = True, country: str = "KE", **fields: Any) -> TaxRate:
    """A tax rate in force for long."""
    defaults = {"tax_class": Offer.TaxClass.STANDARD, "valid_from": "2020-01-01"}
    return TaxRate.objects.create(
        country=country, basis_points=basis_points, included=included, **{**defaults, **fields}
    )


def make_cart(*offers: Offer, quantity: int = 1) -> Cart:
    """A cart that holds `quantity` of each offer (default: one offer of its own)."""
    wishes = [Wish(offer.pk, quantity) for offer in offers or (make_offer(),)]
    return add_to_cart(token=None, wishes=wishes)


def make_order(
    *,
    offer: Offer | None = None,
    quantity: int = 1,
    lines: int = 1,
    kind: str = "thing",
    price: int = 100_000,
    email: str = "amina@example.com",
    paid: bool = False,
    **fields: Any,
) -> Order:
    """An order placed from a cart. `paid`: by a payment made out of nothing; the worker has not run yet."""
    offers = [offer] if offer else [make_offer(kind, price=price) for _ in range(lines)]
    cart = make_cart(*offers, quantity=quantity)
    seen = fingerprint(cart_view(cart.token).quote)
    order = place_order(token=cart.token, seen=seen, buyer=Buyer(email=email), terms="The terms.", **fields)
    if paid and order.total:
        amount = order.total_minor
        payment = make_payment(reference=order.code, amount=amount, currency=order.currency, status="succeeded")
        mark_paid(payment_id=str(payment.pk))
        order.refresh_from_db()
    return order
