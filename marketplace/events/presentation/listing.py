"""The listing of events with its filters, for `pages/events/index.html`."""

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Window
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace.catalog import listing
from marketplace.catalog.selectors import category_tree
from marketplace.catalog.structured_data import head
from marketplace.catalog.trail import crumbs
from marketplace.core import clock
from marketplace.events.models import EventIndexPage, EventPage
from marketplace.events.presentation.filters import Asked, filter_bar, heading
from marketplace.events.selectors import event_cards, event_cities, find_events

FACETS_KEPT = 60
"""Seconds for which the choices of category and city are remembered."""

FIELDS = ("title", "summary", "seller__name", "venue__name", "venue__city", "category__name")


def event_index_context(page: EventIndexPage, request: HttpRequest) -> dict[str, Any]:
    """Cards of one page of results, the filter bar, and what to do when nothing matches."""
    now = clock.now()
    asked = Asked.read(request)
    facets = _facets(page)
    rows, total = _rows(page, request, asked, now)
    trail = crumbs(page, request)
    number = listing.page_number(request)
    title = _("Past events") if asked.past else heading(page.title, asked, facets)
    return {
        "heading": title,
        "cards": event_cards(rows, now=now),
        "total": total,
        "asked": asked,
        "filters": filter_bar(request, asked, facets, count_text=_count(total, past=asked.past)),
        "pagination": listing.pagination(request, number=number, total=total),
        "past_url": None if asked.past else listing.address(request, past="1", when=None, **{"from": None, "to": None}),
        "clear": {"label": _("Clear all filters"), "url": request.path},
        "crumbs": trail,
        "head": head(
            title=title if asked.active else page.seo_title or title,
            path=_canonical(page.get_url(request), asked, number),
            description=page.search_description,
            crumbs=trail,
            noindex=bool(asked.q),
        ),
    }


def _canonical(path: str, asked: Asked, number: int) -> str:
    """Categories and cities are pages of their own; every other filter is a view of the whole."""
    parts = [asked.place(), f"page={number}" if number > 1 and (asked.place() or not asked.active) else ""]
    query = "&".join(part for part in parts if part)
    return f"{path}?{query}" if query else path


def _rows(page: EventIndexPage, request: HttpRequest, asked: Asked, now: dt.datetime) -> tuple[list[EventPage], int]:
    """One page of matching events, and how many match in all: counted in the same query."""
    found = find_events(asked.filters(timezone.localdate(now)), locale=page.locale, now=now).filter(
        listing.words(asked.q, FIELDS)
    )
    counted = found.annotate(matching=Window(Count("pk"))).select_related("seller", "category", "venue", "poster")
    first = (listing.page_number(request) - 1) * listing.PER_PAGE
    rows = list(counted.defer("body")[first : first + listing.PER_PAGE])
    if first and not rows:
        raise Http404
    return rows, rows[0].matching if rows else 0


def _facets(page: EventIndexPage) -> dict[str, list[tuple[str, str]]]:
    """Categories and cities in which something is to come, (value, words). Remembered for a minute."""
    key = f"events:facets:{page.locale_id}:{get_language()}"
    known: dict[str, list[tuple[str, str]]] | None = cache.get(key)
    if known is None:
        held = set(find_events(locale=page.locale).order_by().values_list("category", flat=True))
        categories: list[tuple[str, str]] = []
        for branch in category_tree(page.locale):
            within = [(child.slug, listing.WITHIN + child.name) for child in branch.children if child.pk in held]
            if within or branch.category.pk in held:
                categories += [(branch.category.slug, branch.category.name), *within]
        known = {"category": categories, "city": [(city, city) for city in event_cities(locale=page.locale)]}
        cache.set(key, known, FACETS_KEPT)
    return known


def _count(total: int, *, past: bool) -> str:
    if past:
        return ngettext("%(n)d past event", "%(n)d past events", total) % {"n": total}
    return ngettext("%(n)d event", "%(n)d events", total) % {"n": total}
