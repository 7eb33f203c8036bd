"""An event that can be bought on a running site: home page, event page, one date, one ticket type."""

import itertools
from dataclasses import dataclass
from typing import Any

from wagtail.models import Locale

from home.models import HomePage
from marketplace.commerce.models import Offer, StockPool
from marketplace.events.models import EventIndexPage, EventPage, TicketType, Venue
from tests.factories.commerce import make_offer, make_pool, make_seller
from tests.factories.storefront import make_home
from tests.factories.ticketing import START, a_date

_numbers = itertools.count(1)


@dataclass(frozen=True)
class OnSale:
    """What a buyer needs to know."""

    path: str
    offer: Offer
    pool: StockPool

    def counted(self) -> tuple[int, int]:
        """(held, sold) as the pool counts them now."""
        self.pool.refresh_from_db()
        return self.pool.held, self.pool.sold


def open_event(*, capacity: int = 50, price: int = 150_000, **offer: Any) -> OnSale:
    """A published event of a new seller with `capacity` tickets at `price` (minor units, KES)."""
    number = next(_numbers)
    seller = make_seller(f"Ziwa Sounds {number}", slug=f"ziwa-sounds-{number}", fee_basis_points=500)
    pool = make_pool(capacity, seller=seller)
    home = HomePage.objects.filter(slug="front").first() or make_home()
    shelf = EventIndexPage.objects.first() or home.add_child(instance=EventIndexPage(title="Events", slug="events"))
    venue = Venue.objects.create(name="Dunga Hill Camp", city="Kisumu", locale=Locale.get_default())
    page = EventPage(title=f"Benga by the Lake {number}", slug=f"benga-{number}", seller=seller, venue=venue)
    shelf.add_child(instance=page)
    sold_as = make_offer(
        price=price, pools=[pool], title=page.title, url=page.relative_url(None), service_date=START, **offer
    )
    TicketType.objects.create(
        occurrence=a_date(page), offer=sold_as, name="Standing", locale=Locale.get_default()
    )  # fmt: skip
    return OnSale(page.relative_url(None), sold_as, pool)
