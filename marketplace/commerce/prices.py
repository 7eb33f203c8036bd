"""Between rows and the pure pricing: which fee and which tax apply to an offer on a day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Protocol

from django.db.models import Q
from django.utils import timezone

from marketplace.commerce.models import Offer, TaxRate
from marketplace.commerce.pricing import Fee, Item, Quote, Rate, Unit, price_unit, quote
from marketplace.sellers.models import Seller

Rates = Mapping[tuple[str, str], Rate]
"""In force on one day, by country and tax class."""


class Priceable(Protocol):
    """A cart line, or anything that says what it is, how many, and what the seller asks for one."""

    @property
    def pk(self) -> int: ...
    @property
    def offer(self) -> Offer: ...
    @property
    def quantity(self) -> int: ...
    @property
    def base_minor(self) -> int: ...


def rates_on(day: dt.date | None = None) -> Rates:
    """Every rate in force on a day (default: today where the marketplace is), in one query."""
    day = day or timezone.localdate()
    rows = TaxRate.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day).order_by("valid_from")
    # Ascending, so that of two overlapping rates the younger one wins.
    return {(r.country, r.tax_class): Rate(r.name, r.country, r.basis_points, r.included) for r in rows}


def fee_of(seller: Seller, currency: str) -> Fee:
    """The platform's fee as agreed with this seller."""
    fixed = seller.fee_fixed.get(currency, 0)
    return Fee(seller.fee_basis_points, int(fixed), seller.fee_mode == Seller.FeeMode.PASSED_ON)


def rate_of(offer: Offer, rates: Rates) -> Rate | None:
    """The tax on this offer; none for what is exempt and for sellers who charge no tax."""
    return rates.get((offer.seller.country, offer.tax_class)) if offer.seller.tax_registered else None


def unit_of(offer: Offer, rates: Rates, *, base: int | None = None) -> Unit:
    """The price of one of an offer, `base` being what a buyer chose to pay."""
    return price_unit(
        base=offer.price_minor if base is None else base,
        fee=fee_of(offer.seller, offer.currency),
        rate=rate_of(offer, rates),
        currency=offer.currency,
    )


def quote_lines(lines: Iterable[Priceable], currency: str, rates: Rates) -> Quote:
    """Price a cart's lines; `Line.item.key` is the cart line's id. Offers must have their sellers loaded."""
    items = [
        Item(
            key=line.pk,
            seller_id=line.offer.seller_id,
            base=line.base_minor,
            quantity=line.quantity,
            fee=fee_of(line.offer.seller, currency),
            rate=rate_of(line.offer, rates),
        )
        for line in lines
    ]
    return quote(items, currency)
