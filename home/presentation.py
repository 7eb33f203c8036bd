"""What the home page and the standard pages show."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from home import conf
from home.shortcuts import shortcuts
from marketplace.catalog.models import SellerPage
from marketplace.catalog.presentation.sellers import Faces
from marketplace.catalog.shelves import fill
from marketplace.catalog.structured_data import absolute, head
from marketplace.catalog.trail import crumbs
from marketplace.core import clock
from marketplace.events.models import EventPage
from marketplace.events.selectors import event_shelf, find_events
from marketplace.products.models import ProductPage
from marketplace.products.selectors import find_products, product_shelf

if TYPE_CHECKING:
    from home.models import HomePage, StandardPage

Context = dict[str, Any]
EVENTS, THIS_WEEK, NEXT, PRODUCTS, SELLERS, POSTERS = 16, 4, 7, 4, 6, 3
PLACE = Coalesce("sort_order", "pk", output_field=BigIntegerField())
"""Rows made by code have no position: they stand in the order they were made."""


def home_context(page: "HomePage", request: HttpRequest) -> Context:
    """The front, for `pages/home/home.html`: what editors chose first, then what is on next."""
    now = clock.now()
    events = _events(page, now)
    shelves = (event_shelf(events, now=now), product_shelf(_products(page)), Faces(_sellers(page)))
    cards, products, sellers = fill(*shelves, now=now)
    week = {each.pk for each in events if each.next_start and each.next_start < now + dt.timedelta(days=7)}
    soonest = [event.pk for event in sorted(events, key=_start)]
    ways = shortcuts(page)
    this_week = sorted((c for c in cards if c.page_id in week), key=lambda c: soonest.index(c.page_id))[:THIS_WEEK]
    return {
        "posters": [{"url": c.url, "title": c.title, "image": c.image} for c in cards if c.image][:POSTERS],
        "this_week": this_week,
        "next_cards": [card for card in cards if card not in this_week][:NEXT],
        "product_cards": products,
        "sellers": sellers,
        **ways,
        **_links(ways),
        "head": head(
            title=page.seo_title or page.title,
            path=page.get_url(request),
            description=page.search_description or page.hero_text,
            things=[website(page.title)],
        ),
    }


def _links(ways: Context) -> Context:
    """The ways on from each part of the page, where there is a page to go to."""

    def link(label: str, url: str, query: str = "") -> Context | None:
        return {"label": label, "url": url + query} if url else None

    actions = [link(_("See what is on"), ways["events_url"]), link(_("Browse products"), ways["products_url"])]
    return {
        "hero_actions": [action for action in actions if action],
        "week_link": link(_("The whole week"), ways["events_url"], "?when=week"),
        "events_link": link(_("All events"), ways["events_url"]),
        "products_link": link(_("All products"), ways["products_url"]),
        "sellers_link": link(_("All sellers"), ways["sellers_url"]),
    }


def _start(event: Any) -> tuple[bool, dt.datetime]:
    return event.next_start is None, event.next_start or event.latest_revision_created_at or clock.now()


def _events(page: "HomePage", now: dt.datetime) -> list[Any]:
    """Chosen ones in the editor's order, then the soonest: what is over or cancelled falls out by itself."""
    from home.models import HomeEvent  # the models' pages call this module

    chosen = HomeEvent.objects.filter(home=page.pk, event=OuterRef("pk")).values(place=PLACE)[:1]
    found: Any = find_events(locale=page.locale, now=now).filter(state=EventPage.State.SCHEDULED)
    ordered = found.alias(chosen=Subquery(chosen)).order_by(
        F("chosen").asc(nulls_last=True), F("next_start").asc(nulls_last=True), "pk"
    )
    return list(ordered.select_related("seller", "category", "venue", "poster").defer("body")[:EVENTS])


def _products(page: "HomePage") -> list[ProductPage]:
    from home.models import HomeProduct

    chosen = HomeProduct.objects.filter(home=page.pk, product=OuterRef("pk")).values(place=PLACE)[:1]
    ordered = (
        find_products(locale=page.locale)
        .alias(chosen=Subquery(chosen))
        .order_by(F("chosen").asc(nulls_last=True), "-first_published_at", "-pk")
    )
    return list(ordered.select_related("seller", "category", "poster").defer("body")[:PRODUCTS])


def _sellers(page: "HomePage") -> list[SellerPage]:
    rows = SellerPage.objects.live().filter(locale=page.locale).select_related("seller__logo").defer("body")
    return list(rows.order_by("-seller__verified", "-first_published_at", "pk")[:SELLERS])


def website(name: str) -> Context:
    """The site and its search in schema.org's words."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": name or conf.site_name(),
        "url": absolute("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": absolute(reverse("search:search")) + "?q={search_term_string}",
            "query-input": "required name=search_term_string",
        },
    }


def standard_context(page: "StandardPage", request: HttpRequest) -> Context:
    """A page of words, for `pages/home/standard.html`."""
    trail = crumbs(page, request)
    return {
        "crumbs": trail,
        "head": head(
            title=page.seo_title or page.title,
            path=page.get_url(request),
            description=page.search_description or page.summary,
            crumbs=trail,
        ),
    }
