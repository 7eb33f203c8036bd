"""Who shows what on a seller's page. Rooms above register here, so that the catalog need not know what is sold."""

import datetime as dt
from collections.abc import Collection
from typing import Protocol

from django.utils.functional import Promise
from wagtail.models import Locale

from marketplace.catalog.shelves import Shelf


class Show(Protocol):
    """One kind of goods on a seller's page. `build` of its shelf gives cards."""

    @property
    def order(self) -> int:
        """Lowest first."""
        ...

    @property
    def title(self) -> str | Promise: ...

    def shelf(self, seller_id: int, *, locale: Locale, now: dt.datetime) -> Shelf:
        """What the seller offers of it now, at most a page full."""
        ...

    def counts(self, seller_ids: Collection[int], *, locale: Locale, now: dt.datetime) -> dict[int, int]:
        """How many each seller offers of it now, in one query (two on a site with restricted pages)."""
        ...

    def counted(self, number: int) -> str:
        """ "3 events"."""
        ...


_shows: list[Show] = []


def register(show: Show) -> None:
    """Called once per kind of goods, when the app starts."""
    _shows.append(show)
    _shows.sort(key=lambda each: each.order)


def shows() -> list[Show]:
    """Every kind of goods, in order."""
    return list(_shows)
