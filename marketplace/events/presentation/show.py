"""A seller's events on the seller's page."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.models import Locale

from marketplace.events.selectors import EventFilters, EventShelf, event_shelf, find_events

SHOWN = 24


class Events:
    order = 1
    title = _("Coming events")

    def shelf(self, seller_id: int, *, locale: Locale, now: dt.datetime) -> EventShelf:
        found = find_events(EventFilters(seller_id=seller_id), locale=locale, now=now)
        return event_shelf(found[:SHOWN], now=now)

    def counts(self, seller_ids: Collection[int], *, locale: Locale, now: dt.datetime) -> dict[int, int]:
        rows = find_events(locale=locale, now=now).filter(seller__in=seller_ids).order_by()
        return dict(rows.values("seller").annotate(number=Count("pk", distinct=True)).values_list("seller", "number"))

    def counted(self, number: int) -> str:
        return ngettext("%(n)d event", "%(n)d events", number) % {"n": number}
