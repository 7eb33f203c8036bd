"""What a seller decides about an offer, as plain values between a form and a service."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from marketplace.commerce.models import Offer, StockPool
from marketplace.core.money import Money


@dataclass(frozen=True)
class Terms:
    """Price, window and limits of an offer."""

    currency: str
    pricing: str = Offer.Pricing.FIXED
    price_minor: int = 0
    suggested_minor: int | None = None
    tax_class: str = Offer.TaxClass.STANDARD
    sales_start: dt.datetime | None = None
    sales_end: dt.datetime | None = None
    min_per_order: int = 1
    max_per_order: int = 10
    hidden: bool = False

    def fields(self) -> dict[str, Any]:
        """As `commerce.services.save_offer` takes them. What is free costs nothing, whatever was typed before."""
        values = dict(self.__dict__)
        if self.pricing == Offer.Pricing.FREE:
            values |= {"price_minor": 0, "suggested_minor": None}
        elif self.pricing == Offer.Pricing.FIXED:
            values["suggested_minor"] = None
        return values

    @classmethod
    def of(cls, offer: Offer) -> "Terms":
        """The terms of an offer that exists."""
        return cls(**{name: getattr(offer, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Stock:
    """What an offer draws on: a number of its own, or another offer's, and perhaps the whole venue's."""

    capacity: int | None = None
    """How many there are; None: no number of its own, or the shared pool's as it is."""
    shared: StockPool | None = None
    """Another offer's pool, instead of one of its own."""
    whole: StockPool | None = None


CURRENCY_OF = {"KE": "KES", "UG": "UGX", "TZ": "TZS", "RW": "RWF", "GB": "GBP", "US": "USD", "JP": "JPY", "KW": "KWD"}


def home_currency(country: str) -> str:
    """What a seller of that country (ISO 3166) most likely sells in."""
    return CURRENCY_OF.get(country, "KES")


def price_text(offer: Offer) -> str:
    """The seller's price as the panel shows it, in major units: what the form shows too, without fee or tax."""
    if offer.pricing == Offer.Pricing.FREE:
        return _("Free")
    text = str(Money(offer.price_minor, offer.currency))
    return f"{text} +" if offer.pricing == Offer.Pricing.PAY_WHAT_YOU_WANT else text
