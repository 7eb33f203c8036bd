"""One product, for `pages/products/product.html`."""

from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.catalog.price_tags import price_tag
from marketplace.catalog.selectors import seller_urls
from marketplace.catalog.shelves import fill
from marketplace.catalog.structured_data import absolute, head, offer, plain
from marketplace.catalog.trail import crumbs
from marketplace.core import clock
from marketplace.products.models import ProductPage
from marketplace.products.presentation import plans, versions
from marketplace.products.presentation.plans import Detail, DetailShelf
from marketplace.products.selectors import find_products, product_shelf

Context = dict[str, Any]
RELATED = 4


def product_context(page: ProductPage, request: HttpRequest) -> Context:
    """The product with its plans and versions, and others by the same maker or of the same kind."""
    now = clock.now()
    detail, related_cards = fill(DetailShelf(page, _unlocked(request)), product_shelf(_related(page)), now=now)
    seller_url = seller_urls({page.seller_id}, page.locale).get(page.seller_id, "")
    trail = crumbs(page, request)
    return {
        "category_url": f"{trail[-2]['url']}?category={page.category.slug}" if page.category and len(trail) > 1 else "",
        "poster": detail.poster,
        "screenshots": detail.screenshots,
        "facts": plans.facts(page),
        "byline": plans.byline(page, seller_url),
        "go": _go(detail),
        "picker": plans.picker(detail, chosen=request.GET.get("plan", ""), back=request.path),
        "versions": versions.versions(page),
        "related_cards": related_cards,
        "crumbs": trail,
        "head": head(
            title=page.seo_title or page.title,
            path=page.get_url(request),
            description=page.search_description or page.summary,
            image={**detail.sharing, "alt": detail.sharing["alt"] or page.title} if detail.sharing else None,
            kind="product",
            crumbs=trail,
            things=[_structured(page, detail, page.get_url(request))],
        ),
    }


def _go(detail: Detail) -> str:
    """The button that leads to the plans says what the cheapest costs."""
    tag = price_tag((each.offer, each.state) for each in detail.plans)
    if not tag.on_sale or tag.price_from is None:
        return ""
    return _("Choose a plan, from %(price)s") % {"price": tag.price_from} if tag.price_from else _("Get it free")


def _related(page: ProductPage) -> Any:
    """Others of the same category, maker or type, the likest first."""
    likeness = Case(
        When(category=page.category_id or 0, then=Value(0)),
        When(seller=page.seller_id, then=Value(1)),
        When(type=page.type, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found = find_products(locale=page.locale).exclude(pk=page.pk).alias(likeness=likeness)
    return found.order_by("likeness", "-first_published_at", "-pk")[:RELATED]


def _structured(page: ProductPage, detail: Detail, url: str) -> Context:
    """The product in schema.org's words (https://schema.org/Product)."""
    told = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": page.title,
        "description": plain(page.summary or page.search_description or page.title),
        "category": page.category.name if page.category else str(page.get_type_display()),
        "brand": {"@type": "Brand", "name": page.seller.name},
        "url": absolute(url),
        "offers": [
            offer(
                name=each.plan.name,
                price=each.state.price,
                url=url,
                state=each.state.state,
                seller=page.seller.name,
                valid_from=each.offer.sales_start.isoformat() if each.offer.sales_start else "",
            )
            for each in detail.plans
            if not each.offer.hidden
        ],
    }
    return {**told, "image": [absolute(detail.sharing["src"])]} if detail.sharing else told


def _unlocked(request: HttpRequest) -> set[UUID]:
    """A hidden plan's own link carries its translation key, which nobody can guess."""
    try:
        return {UUID(key) for key in request.GET.getlist("plan")[:5]}
    except ValueError:
        return set()
