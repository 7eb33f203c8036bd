"""Which products, and in what order."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Locale

from marketplace.catalog.selectors import in_category
from marketplace.commerce.models import Offer
from marketplace.core.money import Money
from marketplace.products.models import LicensePlan, ProductPage


@dataclass(frozen=True)
class ProductFilters:
    """What a visitor narrowed the listing to."""

    category: str = ""
    """Slug; a top category includes those within it."""
    type: str = ""
    free: bool = False
    price_at_most: Money | None = None
    seller_id: int | None = None


def find_products(filters: ProductFilters | None = None, *, locale: Locale | None = None) -> QuerySet[ProductPage]:
    """Published products in a language, newest first. Slice it and hand it to `product_cards`."""
    wanted = filters or ProductFilters()
    rows = ProductPage.objects.live().public().filter(locale=locale or Locale.get_active())
    return rows.filter(_matches(wanted), *_offered(wanted)).order_by("-first_published_at", "-pk")


def _matches(wanted: ProductFilters) -> Q:
    found = Q()
    if wanted.category:
        found &= in_category(wanted.category)
    if wanted.type:
        found &= Q(type=wanted.type)
    if wanted.seller_id is not None:
        found &= Q(seller=wanted.seller_id)
    return found


def _offered(wanted: ProductFilters) -> list[Exists]:
    if not wanted.free and wanted.price_at_most is None:
        return []
    plans = LicensePlan.objects.filter(
        product__translation_key=OuterRef("translation_key"), offer__active=True, offer__hidden=False
    )
    if wanted.free:
        plans = plans.exclude(offer__pricing=Offer.Pricing.FIXED).filter(offer__price_minor=0)
    if wanted.price_at_most is not None:
        limit = wanted.price_at_most
        plans = plans.filter(offer__currency=limit.currency, offer__price_minor__lte=limit.minor)
    return [Exists(plans)]
