"""Products as cards."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.catalog.cards import Card, Status
from marketplace.catalog.images import WIDE, Picture, Shape, pictures
from marketplace.catalog.price_tags import PriceTag, price_tag
from marketplace.commerce.models import Offer
from marketplace.commerce.selectors import availability
from marketplace.core import clock
from marketplace.products.models import LicensePlan, ProductPage


def product_cards(
    products: QuerySet[ProductPage] | Iterable[ProductPage], *, now: dt.datetime | None = None, shape: Shape = WIDE
) -> list[Card]:
    """A card per product, in the given order. Three queries (pages, renditions, plans) and commerce's two."""
    now = now or clock.now()
    if isinstance(products, QuerySet):
        products = products.select_related("seller", "category", "poster").defer("body")
    pages = list(products)
    images = pictures((page.poster, shape) for page in pages)
    tags = _price_tags([page.translation_key for page in pages], now)
    return [_card(page, images.get((page.poster_id, shape)), tags[page.translation_key]) for page in pages]


def _price_tags(keys: list[UUID], now: dt.datetime) -> dict[UUID, PriceTag]:
    rows = LicensePlan.objects.filter(product__translation_key__in=keys).select_related("offer__seller", "product")
    offers: dict[UUID, dict[int, Offer]] = defaultdict(dict)
    for row in rows:
        offers[row.product.translation_key][row.offer_id] = row.offer
    states = availability([offer for group in offers.values() for offer in group.values()], now=now)
    tags: dict[UUID, PriceTag] = defaultdict(PriceTag)
    for key, group in offers.items():
        tags[key] = price_tag((offer, states[pk]) for pk, offer in group.items())
    return tags


def _card(page: ProductPage, image: Picture | None, tag: PriceTag) -> Card:
    return Card(
        title=page.title,
        url=page.get_url() or "",
        kind=page.get_type_display(),
        image=image,
        summary=page.summary,
        price_from=tag.price_from,
        price_note=tag.price_note,
        left_note=tag.left_note,
        status=Status(_("Sold out"), "ink") if tag.sold_out else None,
        sold_out=tag.sold_out,
        seller_name=page.seller.name,
        category=page.category.slug if page.category else "",
        page_id=page.pk,
        ratio="3:2",
    )
