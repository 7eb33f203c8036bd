"""Sellers, offers, carts and orders for tests, made through the services wherever there is one."""

import itertools
from typing import Any

from marketplace.commerce.models import Offer, StockPool, TaxRate
from marketplace.commerce.services import create_pool, save_offer
from marketplace.sellers.models import Seller

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
