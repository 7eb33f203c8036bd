"""Ways from the front into the listings: by category, by city, to everything. Remembered for a minute."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.utils.translation import get_language
from wagtail.models import Page

from marketplace.catalog.models import SellerIndexPage
from marketplace.catalog.selectors import category_tree
from marketplace.events.models import EventIndexPage
from marketplace.events.selectors import event_cities, find_events
from marketplace.products.models import ProductIndexPage
from marketplace.products.selectors import find_products

if TYPE_CHECKING:
    from home.models import HomePage

KEPT = 60
"""Seconds."""


def shortcuts(page: "HomePage") -> dict[str, Any]:
    """events_url, products_url, sellers_url, categories and cities (each {label, url})."""
    key = f"home:shortcuts:{page.pk}:{page.latest_revision_id}:{get_language()}"
    known: dict[str, Any] | None = cache.get(key)
    if known is None:
        known = _build(page)
        cache.set(key, known, KEPT)
    return known


def _build(page: "HomePage") -> dict[str, Any]:
    urls = {model: _url(model, page) for model in (EventIndexPage, ProductIndexPage, SellerIndexPage)}
    events = urls[EventIndexPage]
    cities = [city.name for city in page.cities.all()] or event_cities(locale=page.locale)
    return {
        "events_url": events,
        "products_url": urls[ProductIndexPage],
        "sellers_url": urls[SellerIndexPage],
        "categories": _categories(page, events, urls[ProductIndexPage]),
        "cities": _links(events, "city", [(city, city) for city in cities]),
    }


def _categories(page: "HomePage", events: str, products: str) -> list[dict[str, str]]:
    """Top categories that hold something now; each leads to the listing in which it does."""
    in_events = set(find_events(locale=page.locale).order_by().values_list("category", flat=True))
    in_products = set(find_products(locale=page.locale).order_by().values_list("category", flat=True))
    made = []
    for branch in category_tree(page.locale):
        ids = {branch.category.pk, *(child.pk for child in branch.children)}
        base = events if ids & in_events else products if ids & in_products else ""
        made += _links(base, "category", [(branch.category.slug, branch.category.name)])
    return made


def _url(model: type[Page], home: "HomePage") -> str:
    found = model.objects.live().descendant_of(home).first()
    return str(found.url) if found else ""


def _links(base: str, name: str, choices: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": words, "url": f"{base}?{urlencode({name: value})}"} for value, words in choices] if base else []
