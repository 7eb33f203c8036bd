"""Which events, and in what order."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from wagtail.models import Locale

from marketplace.catalog.selectors import in_category
from marketplace.commerce.models import Offer
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.events.models import EventPage, Occurrence, TicketType

OPEN = tuple(Occurrence.OPEN)


@dataclass(frozen=True)
class EventFilters:
    """What a visitor narrowed the listing to. Days are days of the site's own time zone; both ends are included."""

    category: str = ""
    """Slug; a top category includes those within it."""
    city: str = ""
    attendance: str = ""
    """`EventPage.Attendance`; online includes hybrid."""
    day_from: dt.date | None = None
    day_to: dt.date | None = None
    free: bool = False
    price_at_most: Money | None = None
    seller_id: int | None = None
    past: bool = False
    """Show what is over instead of what is to come."""


def find_events(
    filters: EventFilters | None = None, *, locale: Locale | None = None, now: dt.datetime | None = None
) -> QuerySet[EventPage]:
    """Published events in a language: to come soonest first, past ones latest first. Slice it for `event_cards`."""
    wanted, now = filters or EventFilters(), now or clock.now()
    published = EventPage.objects.live().public().filter(locale=locale or Locale.get_active())
    rows: QuerySet[Any] = with_dates(published, now)
    rows = rows.filter(_matches(wanted), *_offered(wanted), *_days(wanted))
    if wanted.past:
        return rows.filter(next_start=None, last_end__lte=now).order_by("-last_end", "pk")
    to_come = Q(next_start__isnull=False) | Q(last_end=None) | Q(waiting=True)
    return rows.filter(to_come).order_by(F("next_start").asc(nulls_last=True), "pk")


def with_dates(rows: QuerySet[EventPage], now: dt.datetime) -> QuerySet[EventPage]:
    """Add next_start (of dates not over), last_end and waiting (a date is postponed with no new one yet)."""
    dates = Occurrence.objects.filter(event__translation_key=OuterRef("translation_key"))
    coming = dates.filter(status__in=OPEN, end__gt=now).order_by("start")
    return rows.annotate(
        next_start=Subquery(coming.values("start")[:1]),
        last_end=Subquery(dates.order_by("-end").values("end")[:1]),
        waiting=Exists(dates.filter(status=Occurrence.Status.POSTPONED)),
    )


def event_cities(*, locale: Locale | None = None, now: dt.datetime | None = None) -> list[str]:
    """Where something is on, by name. One query."""
    rows = find_events(locale=locale, now=now).exclude(venue=None).order_by("venue__city")
    return list(rows.values_list("venue__city", flat=True).distinct())


def day_start(day: dt.date) -> dt.datetime:
    """Midnight of a day in the time zone the site is read in."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _matches(wanted: EventFilters) -> Q:
    found = Q()
    if wanted.category:
        found &= in_category(wanted.category)
    if wanted.city:
        found &= Q(venue__city__iexact=wanted.city)
    if wanted.seller_id is not None:
        found &= Q(seller=wanted.seller_id)
    if wanted.attendance == EventPage.Attendance.ONLINE:
        found &= Q(attendance__in=[EventPage.Attendance.ONLINE, EventPage.Attendance.HYBRID])
    elif wanted.attendance:
        found &= Q(attendance__in=[wanted.attendance, EventPage.Attendance.HYBRID])
    return found


def _offered(wanted: EventFilters) -> list[Exists]:
    if not wanted.free and wanted.price_at_most is None:
        return []
    tickets = TicketType.objects.filter(
        occurrence__event__translation_key=OuterRef("translation_key"), offer__active=True, offer__hidden=False
    )
    if wanted.free:
        tickets = tickets.exclude(offer__pricing=Offer.Pricing.FIXED).filter(offer__price_minor=0)
    if wanted.price_at_most is not None:
        limit = wanted.price_at_most
        tickets = tickets.filter(offer__currency=limit.currency, offer__price_minor__lte=limit.minor)
    return [Exists(tickets)]


def _days(wanted: EventFilters) -> list[Exists]:
    if wanted.day_from is None and wanted.day_to is None:
        return []
    dates = Occurrence.objects.filter(event__translation_key=OuterRef("translation_key")).exclude(
        status=Occurrence.Status.CANCELLED
    )
    if wanted.day_from:
        dates = dates.filter(end__gte=day_start(wanted.day_from))
    if wanted.day_to:
        dates = dates.filter(start__lt=day_start(wanted.day_to + dt.timedelta(days=1)))
    return [Exists(dates)]
