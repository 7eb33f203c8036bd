"""What a search shows: cards of everything found, in groups, and ways on when nothing was."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site

from marketplace.catalog import listing
from marketplace.catalog.models import SellerPage
from marketplace.catalog.presentation.sellers import Faces
from marketplace.catalog.shelves import Shelf, fill
from marketplace.catalog.structured_data import head
from marketplace.core import clock
from marketplace.events.models import EventPage
from marketplace.events.selectors import EventShelf, event_shelf, find_events
from marketplace.products.models import ProductPage
from marketplace.products.selectors import ProductShelf, product_shelf
from search import selectors
from search.selectors import Found

Context = dict[str, Any]
SUGGESTED = 4
LOCALE_KEPT = 600
"""Seconds."""


def search_context(request: HttpRequest) -> Context:
    """For `pages/search/search.html`."""
    now, locale = clock.now(), visitor_locale()
    typed, kind = listing.text(request), request.GET.get("type", "")
    kind = kind if kind in selectors.MODELS else ""
    found = selectors.find(typed, locale=locale)
    hits = found.of(kind)
    number = listing.page_number(request)
    shown = hits[(number - 1) * listing.PER_PAGE : number * listing.PER_PAGE]
    if number > 1 and not shown:
        raise Http404
    return {
        "search_query": typed,
        "found": found,
        "count_text": ngettext("%(n)d result", "%(n)d results", len(hits)) % {"n": len(hits)} if typed else "",
        "kinds": _kinds(request, found, kind),
        **_shelves(shown, now),
        "meant": _meant(typed, locale) if typed and not (found.hits and found.exact) else None,
        "suggested": [] if found.hits else _suggested(locale, now),
        "pagination": listing.pagination(request, number=number, total=len(hits)),
        "head": head(
            title=_("Search: %(words)s") % {"words": typed} if typed else _("Search"),
            path=reverse("search:search"),
            noindex=True,
        ),
    }


def visitor_locale() -> Locale:
    """The visitor's language where the site has pages in it, else the site's own. No query while remembered."""
    spoken = {root.language_code for root in Site.get_site_root_paths()}
    language = get_language() if get_language() in spoken else settings.LANGUAGE_CODE
    key = f"search:locale:{language}"
    known: Locale | None = cache.get(key)
    if known is None:
        known = Locale.objects.get_for_language(language)
        cache.set(key, known, LOCALE_KEPT)
    return known


def _shelves(shown: Sequence[tuple[str, Page]], now: dt.datetime) -> Context:
    """Cards by kind, best first, what is over last. Six queries if all kinds are there, and three to fill them."""
    ids: dict[str, list[int]] = {kind: [page.pk for each, page in shown if each == kind] for kind in selectors.MODELS}
    events = _ordered(EventPage.objects.select_related("seller", "category", "venue", "poster"), ids["events"])
    products = _ordered(ProductPage.objects.select_related("seller", "category", "poster"), ids["products"])
    sellers = _ordered(SellerPage.objects.select_related("seller__logo"), ids["sellers"])
    shelves: list[Shelf] = []
    shelves += [event_shelf(events, now=now)] if events else []
    shelves += [product_shelf(products)] if products else []
    shelves += [Faces(sellers)] if sellers else []
    filled = dict(zip([type(shelf) for shelf in shelves], fill(*shelves, now=now), strict=True))
    return {
        "events": sorted(filled.get(EventShelf, []), key=lambda card: card.past or card.cancelled),
        "products": filled.get(ProductShelf, []),
        "sellers": filled.get(Faces, []),
        "pages": [page for kind, page in shown if kind == "pages"],
    }


def _ordered(rows: Any, ids: list[int]) -> list[Any]:
    """Rows by id in the given order; no query for none."""
    by_id = {row.pk: row for row in rows.filter(pk__in=ids).defer("body")} if ids else {}
    return [by_id[pk] for pk in ids if pk in by_id]


def _kinds(request: HttpRequest, found: Found, chosen: str) -> list[Context]:
    """Tabs: everything, then each kind something was found of."""
    labels = {"events": _("Events"), "products": _("Products"), "sellers": _("Sellers"), "pages": _("Pages")}
    counts = found.counts
    if len(counts) < 2:
        return []
    tabs = [("", _("Everything"), len(found.hits))]
    tabs += [(kind, label, counts[kind]) for kind, label in labels.items() if counts.get(kind)]
    return [
        {"label": f"{label} ({n})", "url": listing.address(request, type=kind or None), "current": kind == chosen}
        for kind, label, n in tabs
    ]


def _meant(typed: str, locale: Locale) -> Context | None:
    words = selectors.meant(typed, locale=locale)
    return {"words": words, "url": f"{reverse('search:search')}?{urlencode({'q': words})}"} if words else None


def _suggested(locale: Locale, now: dt.datetime) -> list[Any]:
    cards: list[Any] = fill(event_shelf(find_events(locale=locale, now=now)[:SUGGESTED], now=now), now=now)[0]
    return cards
