"""One event, for `pages/events/event.html`."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.catalog.selectors import seller_urls
from marketplace.catalog.shelves import fill
from marketplace.catalog.structured_data import head
from marketplace.catalog.trail import crumbs
from marketplace.core import clock
from marketplace.events.models import EventPage, Occurrence
from marketplace.events.presentation import facts, structured, tickets
from marketplace.events.presentation.related import related_events
from marketplace.events.presentation.tickets import Detail, DetailShelf
from marketplace.events.selectors import EventShelf, event_rows

Context = dict[str, Any]


def event_context(page: EventPage, request: HttpRequest) -> Context:
    """Eight queries beside those that found the page; the dates and tickets of related events ride along."""
    now = clock.now()
    related = related_events(page, now=now)
    rows = event_rows([page.translation_key, *(each.translation_key for each in related)], now=now)
    detail, related_cards = fill(DetailShelf(page, rows, _unlocked(request)), EventShelf(related, rows), now=now)
    chosen = tickets.chosen_date(detail.dates, request.GET.get("date", ""))
    seller_url = seller_urls({page.seller_id}, page.locale).get(page.seller_id, "")
    state = facts.state(page, detail.dates)
    trail = crumbs(page, request)
    shown_dates, more_dates = tickets.date_rows(detail.dates, chosen)
    back = f"{request.path}?date={chosen.occurrence.pk}" if chosen and more_dates + shown_dates else request.path
    sells = chosen is not None and state.sells and chosen.occurrence.status in Occurrence.OPEN
    return {
        "state": state,
        "what_else": {"label": _("See what else is on"), "url": "#related"} if related_cards else None,
        "poster": detail.poster,
        "category": page.category,
        "category_url": f"{trail[-2]['url']}?category={page.category.slug}" if page.category and len(trail) > 1 else "",
        "facts": facts.facts(page, state.kind, chosen, now, several=len(detail.dates) > 1),
        "byline": facts.byline(page, seller_url),
        "go": tickets.go(detail) if state.sells else "",
        "dates": shown_dates,
        "more_dates": more_dates,
        "chosen": facts.chosen(chosen, now) if chosen else None,
        "picker": tickets.picker(chosen, now, back=back, seller_url=seller_url) if chosen and sells else None,
        "date_notice": facts.date_notice(chosen) if chosen and state.sells else None,
        "place": facts.place(page),
        "related_cards": related_cards,
        "crumbs": trail,
        "head": _head(page, request, detail, seller_url, trail),
    }


def _head(
    page: EventPage, request: HttpRequest, detail: Detail, seller_url: str, trail: list[dict[str, str]]
) -> Context:
    description = page.search_description or page.summary
    return head(
        title=page.seo_title or page.title,
        path=page.get_url(request),
        description=description or _("Tickets for %(event)s.") % {"event": page.title},
        image={**detail.sharing, "alt": detail.sharing["alt"] or page.title} if detail.sharing else None,
        kind="event",
        crumbs=trail,
        things=structured.events(page, detail, url=page.get_url(request), seller_url=seller_url),
    )


def _unlocked(request: HttpRequest) -> set[UUID]:
    """A hidden ticket's own link carries its translation key, which nobody can guess."""
    try:
        return {UUID(key) for key in request.GET.getlist("ticket")[:5]}
    except ValueError:
        return set()
