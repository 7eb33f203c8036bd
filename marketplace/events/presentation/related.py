"""What else somebody who looks at an event may like."""

import datetime as dt
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from marketplace.events.models import EventPage
from marketplace.events.selectors import with_dates

SHOWN = 4


def related_events(page: EventPage, *, now: dt.datetime) -> list[EventPage]:
    """Coming events of the same category, city or organizer, the likest first. One query (two on a restricted site)."""
    rows = EventPage.objects.live().filter(locale=page.locale_id).exclude(pk=page.pk)
    if not getattr(page, "site_is_open", False):
        rows = rows.public()
    city = page.venue.city if page.venue else None
    likeness = Case(
        When(category=page.category_id or 0, venue__city=city, then=Value(0)),
        When(category=page.category_id or 0, then=Value(1)),
        When(seller=page.seller_id, then=Value(2)),
        When(venue__city=city, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    dated: Any = with_dates(rows, now)
    found = dated.filter(next_start__isnull=False, state=EventPage.State.SCHEDULED)
    ordered = found.alias(likeness=likeness).order_by("likeness", "next_start", "pk")
    return list(ordered.select_related("seller", "category", "venue", "poster").defer("body")[:SHOWN])
