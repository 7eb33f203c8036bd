"""Products as cards."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from marketplace.catalog.cards import Card, Status
from marketplace.catalog.images import CARD, Picture, Shape
from marketplace.catalog.price_tags import PriceTag, price_tag
from marketplace.catalog.shelves import Pictures, States, fill
from marketplace.commerce.models import Offer
from marketplace.products.models import LicensePlan, ProductPage


@dataclass(frozen=True)
class ProductShelf:
    """Products to be shown as cards; see `catalog.shelves`. Pages come with seller, category and poster."""

    pages: Sequence[ProductPage]
    plans: dict[UUID, list[LicensePlan]]
    shape: Shape = CARD

    def wanted_pictures(self) -> list[tuple[Any, Shape]]:
        return [(page.poster, self.shape) for page in self.pages]

    def offers(self) -> list[Offer]:
        return [plan.offer for page in self.pages for plan in self.plans[page.translation_key]]

    def build(self, images: Pictures, states: States, now: dt.datetime) -> list[Card]:
        return [self._card(page, images, states) for page in self.pages]

    def _card(self, page: ProductPage, images: Pictures, states: States) -> Card:
        offers = {plan.offer_id: plan.offer for plan in self.plans[page.translation_key]}
        tag = price_tag((offer, states[pk]) for pk, offer in offers.items())
        return _card(page, images.get((page.poster_id or 0, self.shape)), tag)


def product_cards(
    products: QuerySet[ProductPage] | Iterable[ProductPage], *, now: dt.datetime | None = None, shape: Shape = CARD
) -> list[Card]:
    """A card per product, in the given order. Three queries (pages, renditions, plans) and commerce's two."""
    cards: list[Card] = fill(product_shelf(products, shape=shape), now=now)[0]
    return cards


def product_shelf(products: QuerySet[ProductPage] | Iterable[ProductPage], *, shape: Shape = CARD) -> ProductShelf:
    """Products in the given order, to be filled together with other shelves. Two queries."""
    if isinstance(products, QuerySet):
        products = products.select_related("seller", "category", "poster").defer("body")
    pages = list(products)
    return ProductShelf(pages, _plans([page.translation_key for page in pages]), shape)


def _plans(keys: list[UUID]) -> dict[UUID, list[LicensePlan]]:
    rows = LicensePlan.objects.filter(product__translation_key__in=keys).select_related("offer__seller", "product")
    found: dict[UUID, list[LicensePlan]] = defaultdict(list)
    for row in rows.defer("product__body"):
        found[row.product.translation_key].append(row)
    return found


def _card(page: ProductPage, image: Picture | None, tag: PriceTag) -> Card:
    return Card(
        title=page.title,
        url=page.get_url() or "",
        kind=capfirst(page.get_type_display()),
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
    )
