"""Events as cards."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.catalog.cards import Card, Status
from marketplace.catalog.images import CARD, Picture, Shape
from marketplace.catalog.price_tags import PriceTag, price_tag
from marketplace.catalog.shelves import Pictures, States, fill
from marketplace.commerce.models import Offer
from marketplace.core import clock
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.zones import zone


@dataclass(frozen=True)
class EventRows:
    """Dates of some events and the tickets of those dates still to come, by the events' translation key."""

    dates: dict[UUID, list[Occurrence]]
    tickets: dict[UUID, list[TicketType]]


@dataclass(frozen=True)
class EventShelf:
    """Events to be shown as cards; see `catalog.shelves`. Pages come with seller, category, venue and poster."""

    pages: Sequence[EventPage]
    rows: EventRows
    shape: Shape = CARD

    def wanted_pictures(self) -> list[tuple[Any, Shape]]:
        return [(page.poster, self.shape) for page in self.pages]

    def offers(self) -> list[Offer]:
        return [ticket.offer for page in self.pages for ticket in self.rows.tickets[page.translation_key]]

    def build(self, images: Pictures, states: States, now: dt.datetime) -> list[Card]:
        return [self._card(page, images, states, now) for page in self.pages]

    def _card(self, page: EventPage, images: Pictures, states: States, now: dt.datetime) -> Card:
        offers = {ticket.offer_id: ticket.offer for ticket in self.rows.tickets[page.translation_key]}
        tag = price_tag((offer, states[pk]) for pk, offer in offers.items())
        dates = self.rows.dates[page.translation_key]
        return _card(page, images.get((page.poster_id or 0, self.shape)), dates, tag, now)


def event_cards(
    events: QuerySet[EventPage] | Iterable[EventPage], *, now: dt.datetime | None = None, shape: Shape = CARD
) -> list[Card]:
    """A card per event, in the given order. Four queries (pages, renditions, dates, tickets) and commerce's two."""
    cards: list[Card] = fill(event_shelf(events, now=now, shape=shape), now=now)[0]
    return cards


def event_shelf(
    events: QuerySet[EventPage] | Iterable[EventPage], *, now: dt.datetime | None = None, shape: Shape = CARD
) -> EventShelf:
    """Events in the given order, to be filled together with other shelves. Three queries."""
    pages = _pages(events)
    return EventShelf(pages, event_rows([page.translation_key for page in pages], now=now or clock.now()), shape)


def event_rows(keys: Collection[UUID], *, now: dt.datetime) -> EventRows:
    """Two queries. Tickets of dates that are over are left out: they would make every running series look sold out."""
    return EventRows(_dates(keys), _tickets(keys, now))


def _pages(events: QuerySet[EventPage] | Iterable[EventPage]) -> list[EventPage]:
    if not isinstance(events, QuerySet):
        return list(events)
    return list(events.select_related("seller", "category", "venue", "poster").defer("body"))


def _dates(keys: Collection[UUID]) -> dict[UUID, list[Occurrence]]:
    found: dict[UUID, list[Occurrence]] = defaultdict(list)
    rows = Occurrence.objects.filter(event__translation_key__in=keys).order_by("start", "pk")
    for row in rows.select_related("event").defer("event__body"):
        found[row.event.translation_key].append(row)
    return found


def _tickets(keys: Collection[UUID], now: dt.datetime) -> dict[UUID, list[TicketType]]:
    rows = TicketType.objects.filter(
        occurrence__event__translation_key__in=keys, occurrence__start__gt=now, occurrence__status__in=Occurrence.OPEN
    ).select_related("offer__seller", "occurrence__event")
    found: dict[UUID, list[TicketType]] = defaultdict(list)
    for row in rows.defer("occurrence__event__body"):
        found[row.occurrence.event.translation_key].append(row)
    return found


def _card(page: EventPage, image: Picture | None, dates: list[Occurrence], tag: PriceTag, now: dt.datetime) -> Card:
    coming = [date for date in dates if date.status in Occurrence.OPEN and date.end > now]
    cancelled = page.state == EventPage.State.CANCELLED or _all_cancelled(dates)
    waiting = any(date.status == Occurrence.Status.POSTPONED for date in dates)
    past = bool(dates) and not coming and not waiting and not cancelled
    postponed = page.state == EventPage.State.POSTPONED or (waiting and not coming)
    sold_out = tag.sold_out and not past and not cancelled
    shown = (coming or dates[-1:])[:1]
    return Card(
        title=page.title,
        url=page.get_url() or "",
        kind=page.category.name if page.category else "",
        image=image,
        image_alt="",
        when=_("Date to be announced") if postponed or not shown else when(shown[0], now),
        when_iso="" if postponed or not shown else shown[0].local(shown[0].start).isoformat(timespec="minutes"),
        more_dates=_more(len(coming) - 1),
        where=where(page),
        summary=page.summary,
        price_from=tag.price_from,
        price_note=tag.price_note,
        left_note=tag.left_note,
        status=_status(past=past, cancelled=cancelled, postponed=postponed, sold_out=sold_out),
        past=past,
        cancelled=cancelled,
        sold_out=sold_out,
        seller_name=page.seller.name,
        category=page.category.slug if page.category else "",
        page_id=page.pk,
    )


def when(date: Occurrence, now: dt.datetime) -> str:
    """The start on the event's own clock; the year only when it is not this one."""
    local = date.start.astimezone(zone(date.event.timezone))
    return date_format(local, "D j M, H:i" if local.year == now.year else "D j M Y, H:i")


def where(page: EventPage) -> str:
    """Venue and city, or online, or both."""
    place = f"{page.venue.name}, {page.venue.city}" if page.venue else ""
    if page.attendance == EventPage.Attendance.ONLINE:
        return _("Online")
    if page.attendance == EventPage.Attendance.HYBRID:
        return _("%(place)s, and online") % {"place": place} if place else _("Online")
    return place


def _more(count: int) -> str:
    return ngettext("+ %(count)d more date", "+ %(count)d more dates", count) % {"count": count} if count > 0 else ""


def _all_cancelled(dates: list[Occurrence]) -> bool:
    return bool(dates) and all(date.status == Occurrence.Status.CANCELLED for date in dates)


def _status(*, past: bool, cancelled: bool, postponed: bool, sold_out: bool) -> Status | None:
    if cancelled:
        return Status(_("Cancelled"), "bad", "cross")
    if past:
        return Status(_("Past"), "neutral")
    if postponed:
        return Status(_("Postponed"), "warn", "clock")
    return Status(_("Sold out"), "ink") if sold_out else None
