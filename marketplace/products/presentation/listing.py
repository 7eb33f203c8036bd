"""The listing of products with its filters, for `pages/products/index.html`."""

from dataclasses import dataclass
from typing import Any, Self

from django.core.cache import cache
from django.db.models import Count, Window
from django.http import Http404, HttpRequest
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace.catalog import listing
from marketplace.catalog.structured_data import head
from marketplace.catalog.trail import crumbs
from marketplace.core import clock
from marketplace.products.models import ProductIndexPage, ProductPage
from marketplace.products.selectors import ProductFilters, find_products, product_cards

FACETS_KEPT = 60
"""Seconds for which the choices of category are remembered."""
FIELDS = ("title", "summary", "seller__name", "category__name")
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """The listing's parameters; what makes no sense is as if it were not there."""

    q: str = ""
    type: str = ""
    category: str = ""
    price: str = ""

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        kind, limit = request.GET.get("type", ""), request.GET.get("price", "")
        return cls(
            q=listing.text(request),
            type=kind if kind in ProductPage.Type.values else "",
            category=listing.text(request, "category", 80),
            price=limit if limit in dict(listing.price_choices()) else "",
        )

    def filters(self) -> ProductFilters:
        return ProductFilters(
            category=self.category,
            type=self.type,
            free=self.price == "free",
            price_at_most=listing.price_limit(self.price),
        )


def product_index_context(page: ProductIndexPage, request: HttpRequest) -> dict[str, Any]:
    """Cards of one page of results, the filter bar, and what to do when nothing matches."""
    now = clock.now()
    asked = Asked.read(request)
    rows, total = _rows(page, request, asked)
    number = listing.page_number(request)
    trail = crumbs(page, request)
    path = page.get_url(request)
    return {
        "cards": product_cards(rows, now=now),
        "total": total,
        "asked": asked,
        "filters": _filter_bar(request, asked, _categories(page), total),
        "pagination": listing.pagination(request, number=number, total=total),
        "clear": {"label": _("Clear all filters"), "url": request.path},
        "crumbs": trail,
        "head": head(
            title=page.seo_title or page.title,
            path=f"{path}?page={number}" if number > 1 and asked == Asked() else path,
            description=page.search_description,
            crumbs=trail,
            noindex=bool(asked.q),
        ),
    }


def _rows(page: ProductIndexPage, request: HttpRequest, asked: Asked) -> tuple[list[ProductPage], int]:
    """One page of matching products, and how many match in all: counted in the same query."""
    found = find_products(asked.filters(), locale=page.locale).filter(listing.words(asked.q, FIELDS))
    counted = found.annotate(matching=Window(Count("pk"))).select_related("seller", "category", "poster")
    first = (listing.page_number(request) - 1) * listing.PER_PAGE
    rows = list(counted.defer("body")[first : first + listing.PER_PAGE])
    if first and not rows:
        raise Http404
    return rows, rows[0].matching if rows else 0


def _categories(page: ProductIndexPage) -> Options:
    """Categories some product is in, (slug, name). Remembered for a minute."""
    key = f"products:facets:{page.locale_id}:{get_language()}"
    known: Options | None = cache.get(key)
    if known is None:
        rows = find_products(locale=page.locale).exclude(category=None).order_by("category__name")
        known = list(rows.values_list("category__slug", "category__name").distinct())
        cache.set(key, known, FACETS_KEPT)
    return known


def _filter_bar(request: HttpRequest, asked: Asked, categories: Options, total: int) -> dict[str, Any]:
    types = [(value, capfirst(label)) for value, label in ProductPage.Type.choices]
    active = [
        ("q", f"“{asked.q}”" if asked.q else ""),
        ("type", dict(types).get(asked.type, "")),
        ("category", dict(categories).get(asked.category, asked.category)),
        ("price", dict(listing.price_choices()).get(asked.price, "")),
    ]
    return {
        "action": request.path,
        "search": {"name": "q", "label": _("Search products"), "value": asked.q},
        "selects": [
            listing.select("type", _("Type"), [("", _("Every type")), *types], asked.type),
            listing.select("category", _("Category"), [("", _("Everything")), *categories], asked.category),
            listing.select("price", _("Price"), [("", _("Any price")), *listing.price_choices()], asked.price),
        ],
        "chips": listing.chips(request, [(name, words) for name, words in active if words]),
        "count_text": ngettext("%(n)d product", "%(n)d products", total) % {"n": total},
        "clear_url": request.path,
    }
