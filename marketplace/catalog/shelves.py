"""Fill any number of shelves at once: pictures, prices and stock of everything on a page are asked for together.

A shelf first says what it needs to know, then is built from the answers. So a page with events, products and sellers on
it costs one query for pictures and commerce's two for availability, however many shelves there are.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from marketplace.catalog.images import Picture, Shape, pictures
from marketplace.commerce.models import Offer
from marketplace.commerce.selectors import Availability, availability
from marketplace.core import clock

Pictures = Mapping[tuple[int, Shape], Picture]
States = Mapping[int, Availability]


class Shelf(Protocol):
    """Something shown that has pictures and offers. Its rows are loaded before it comes here."""

    def wanted_pictures(self) -> Iterable[tuple[Any, Shape]]:
        """(image or None, shape) of everything on it."""
        ...

    def offers(self) -> Iterable[Offer]:
        """Offers with their sellers loaded."""
        ...

    def build(self, images: Pictures, states: States, now: dt.datetime) -> Any:
        """What the page shows. Asks the database nothing."""
        ...


def fill(*shelves: Shelf, now: dt.datetime | None = None) -> list[Any]:
    """Build every shelf, in the given order. At most three queries."""
    now = now or clock.now()
    images = pictures([wanted for shelf in shelves for wanted in shelf.wanted_pictures()])
    states = availability([offer for shelf in shelves for offer in shelf.offers()], now=now)
    return [shelf.build(images, states, now) for shelf in shelves]
