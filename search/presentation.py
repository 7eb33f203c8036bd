"""What a search shows: cards of everything found, in groups, and ways on when nothing was."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Locale

from home.models import StandardPage
from marketplace.catalog import listing
from marketplace.catalog.models import SellerPage
from marketplace.catalog.presentation.sellers import Faces
from marketplace.catalog.shelves import fill
from marketplace.catalog.structured_data import head
from marketplace.core import clock
from marketplace.events.models import EventPage
from marketplace.events.selectors import event_shelf, find_events
from marketplace.products.models import ProductPage
from marketplace.products.selectors import product_shelf
from search import selectors
from search.selectors import Found

Context = dict[str, Any]
SUGGESTED = 4


def search_context(request: HttpRequest) -> Context:
    """For `pages/search/search.html`."""
    now, locale = clock.now(), _locale()
    typed = listing.text(request)
    kind = request.GET.get("type", "")
    kind = kind if kind in selectors.MODELS else ""
    number = listing.page_number(request)
    first = (number - 1) * listing.PER_PAGE
    found = selectors.find(typed, locale=locale, kind=kind, first=first, most=listing.PER_PAGE)
    nothing = bool(typed) and not found.total
    total = found.counts.get(kind, 0) if kind else found.total
    return {
        "search_query": typed,
        "kind": kind,
        "found": found,
        "count_text": ngettext("%(n)d result", "%(n)d results", total) % {"n": total} if typed else "",
        "kinds": _kinds(request, found, kind),
        **_shelves(found, now),
        "meant": _meant(typed, locale) if nothing or not found.exact else None,
        "suggested": _suggested(locale, now) if nothing or not typed else [],
        "pagination": listing.pagination(request, number=number, total=total),
        "head": head(
            title=_("Search: %(words)s") % {"words": typed} if typed else _("Search"),
            path=reverse("search:search"),
            noindex=True,
        ),
    }


def _locale() -> Locale:
    """The visitor's language, if the site speaks it; one query for all of them."""
    return Locale.get_active()


def _shelves(found: Found, now: dt.datetime) -> Context:
    """Cards by kind, best first within each. Seven queries if all kinds are among them, and three to fill them."""
    events = _ordered(EventPage.objects.select_related("seller", "category", "venue", "poster"), found.of("events"))
    products = _ordered(ProductPage.objects.select_related("seller", "category", "poster"), found.of("products"))
    sellers = _ordered(SellerPage.objects.select_related("seller__logo"), found.of("sellers"))
    pages = _ordered(StandardPage.objects.all(), found.of("pages"))
    shelves = (event_shelf(events, now=now), product_shelf(products), Faces(sellers))
    event_cards, product_cards, seller_cards = fill(*shelves, now=now)
    return {"events": event_cards, "products": product_cards, "sellers": seller_cards, "pages": pages}


def _ordered(rows: Any, ids: list[int]) -> list[Any]:
    """Rows by id in the given order; no query for none."""
    by_id = {row.pk: row for row in rows.filter(pk__in=ids).defer("body")} if ids else {}
    return [by_id[pk] for pk in ids if pk in by_id]


def _kinds(request: HttpRequest, found: Found, chosen: str) -> list[Context]:
    """Tabs: everything, then each kind something was found of."""
    labels = {"events": _("Events"), "products": _("Products"), "sellers": _("Sellers"), "pages": _("Pages")}
    if len(found.counts) < 2:
        return []
    every = [("", _("Everything"), found.total)]
    tabs = every + [(kind, label, found.counts[kind]) for kind, label in labels.items() if kind in found.counts]
    return [
        {"label": f"{label} ({n})", "url": listing.address(request, type=kind or None), "current": kind == chosen}
        for kind, label, n in tabs
    ]


def _meant(typed: str, locale: Locale) -> Context | None:
    words = selectors.meant(typed, locale=locale)
    return {"words": words, "url": f"{reverse('search:search')}?q={words.replace(' ', '+')}"} if words else None


def _suggested(locale: Locale, now: dt.datetime) -> list[Any]:
    cards: list[Any] = fill(event_shelf(find_events(locale=locale, now=now)[:SUGGESTED], now=now), now=now)[0]
    return cards
