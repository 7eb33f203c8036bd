"""The sellers' index and one seller's shop window."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Window
from django.http import Http404, HttpRequest

from marketplace.catalog import listing
from marketplace.catalog.images import FACE, Shape
from marketplace.catalog.models import SellerIndexPage, SellerPage
from marketplace.catalog.presentation.showcase import shows
from marketplace.catalog.shelves import Pictures, States, fill
from marketplace.catalog.structured_data import absolute, head, plain
from marketplace.catalog.trail import crumbs
from marketplace.commerce.models import Offer
from marketplace.core import clock
from marketplace.sellers.models import Seller

Context = dict[str, Any]


@dataclass(frozen=True)
class Faces:
    """Sellers' logos among the shelves of a page; builds a byline per page, in order."""

    pages: Sequence[SellerPage]

    def wanted_pictures(self) -> list[tuple[Any, Shape]]:
        return [(page.seller.logo, FACE) for page in self.pages]

    def offers(self) -> list[Offer]:
        return []

    def build(self, images: Pictures, states: States, now: dt.datetime) -> list[Context]:
        return [self._byline(page, images) for page in self.pages]

    def _byline(self, page: SellerPage, images: Pictures) -> Context:
        seller = page.seller
        face = images.get((seller.logo_id or 0, FACE))
        return {
            "name": seller.name,
            "url": page.get_url(),
            "image": face["src"] if face else "",
            "verified": seller.verified,
            "note": seller.tagline,
            "city": seller.city,
        }


def seller_index_context(page: SellerIndexPage, request: HttpRequest) -> Context:
    """Everyone who sells, for `pages/catalog/sellers.html`."""
    now = clock.now()
    number = listing.page_number(request)
    first = (number - 1) * listing.PER_PAGE
    rows = SellerPage.objects.live().public().filter(locale=page.locale).order_by("seller__name", "pk")
    counted = rows.annotate(matching=Window(Count("pk"))).select_related("seller__logo").defer("body")
    pages = list(counted[first : first + listing.PER_PAGE])
    if first and not pages:
        raise Http404
    total = pages[0].matching if pages else 0
    trail = crumbs(page, request)
    path = page.get_url(request)
    return {
        "sellers": _with_counts(fill(Faces(pages), now=now)[0], pages, now),
        "pagination": listing.pagination(request, number=number, total=total),
        "crumbs": trail,
        "head": head(
            title=page.seo_title or page.title,
            path=f"{path}?page={number}" if number > 1 else path,
            description=page.search_description or plain(page.intro),
            crumbs=trail,
        ),
    }


def _with_counts(bylines: list[Context], pages: Sequence[SellerPage], now: dt.datetime) -> list[Context]:
    ids = [page.seller_id for page in pages]
    if not ids:
        return []
    counts = [(show, show.counts(ids, locale=pages[0].locale, now=now)) for show in shows()]
    for byline, page in zip(bylines, pages, strict=True):
        numbers = [(show, by_seller.get(page.seller_id, 0)) for show, by_seller in counts]
        byline["offers"] = [show.counted(number) for show, number in numbers if number]
    return bylines


def seller_context(page: SellerPage, request: HttpRequest) -> Context:
    """One seller and what they sell, for `pages/catalog/seller.html`."""
    now = clock.now()
    kinds = shows()
    shelves = [show.shelf(page.seller_id, locale=page.locale, now=now) for show in kinds]
    [byline], *filled = fill(Faces([page]), *shelves, now=now)
    trail = crumbs(page, request)
    return {
        "seller": page.seller,
        "byline": byline,
        "sections": [{"title": show.title, "cards": cards} for show, cards in zip(kinds, filled, strict=True) if cards],
        "crumbs": trail,
        "head": head(
            title=page.seo_title or page.title,
            path=page.get_url(request),
            description=page.search_description or page.seller.tagline or plain(page.seller.about, 160),
            kind="profile",
            crumbs=trail,
            things=[organization(page.seller, page.get_url(request), byline["image"])],
        ),
    }


def organization(seller: Seller, url: str, logo: str) -> Context:
    """The seller in schema.org's words."""
    told = {"@context": "https://schema.org", "@type": "Organization", "name": seller.name, "url": absolute(url)}
    known = {
        "description": plain(seller.tagline or seller.about),
        "logo": absolute(logo) if logo else "",
        "sameAs": seller.website,
    }
    return {**told, **{name: value for name, value in known.items() if value}}
