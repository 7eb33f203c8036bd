"""Events with dates and tickets, made through the services editors use."""

import datetime as dt
from itertools import count
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from home.models import HomePage
from marketplace.catalog.terms import Stock, Terms
from marketplace.commerce.models import Cart, CartLine
from marketplace.commerce.stock import Want, hold
from marketplace.core.clock import in_seconds
from marketplace.events.models import EventIndexPage, EventPage, Occurrence, TicketType, Venue
from marketplace.events.plan import DatePlan
from marketplace.events.services import add_date, add_ticket_type
from tests.factories.commerce import make_seller
from tests.factories.storefront import make_home

_numbers = count(1)


def the_home() -> Page:
    """The front of the site, one per test."""
    return HomePage.objects.first() or make_home()


def make_event_index(**fields: Any) -> EventIndexPage:
    """The shelf of events, one per test."""
    found = EventIndexPage.objects.first()
    if found is not None:
        return found
    page: EventIndexPage = the_home().add_child(instance=EventIndexPage(**{"title": "Events", **fields}))
    return page


def make_venue(**fields: Any) -> Venue:
    return Venue.objects.create(**{"name": f"Hall {next(_numbers)}", "city": "Nairobi", **fields})


def make_event(title: str = "", *, live: bool = True, **fields: Any) -> EventPage:
    """A published event without dates."""
    defaults = {
        "title": title or f"Night {next(_numbers)}",
        "seller": fields.pop("seller", None) or make_seller(),
        "venue": fields.pop("venue", None) or make_venue(),
    }
    page: EventPage = make_event_index().add_child(instance=EventPage(live=live, **{**defaults, **fields}))
    if live:
        page.save_revision().publish()
    return EventPage.objects.get(pk=page.pk)


def in_days(days: float, hour: int = 19) -> dt.datetime:
    """So many days from now at a full hour of Nairobi."""
    day = timezone.localtime(timezone.now() + dt.timedelta(days=days))
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def make_date(event: EventPage | None = None, *, days: float = 30, hours: float = 3, **fields: Any) -> Occurrence:
    """A date so many days from now. Fields are those of `DatePlan`."""
    start = fields.pop("start", None) or in_days(days)
    plan = DatePlan(**{"start": start, "end": start + dt.timedelta(hours=hours), **fields})
    return add_date(event=event or make_event(), plan=plan, actor_id=None)


def make_ticket(
    date: Occurrence | None = None,
    name: str = "Standing",
    *,
    price: int = 100_000,
    capacity: int | None = 50,
    whole: bool = False,
    **terms: Any,
) -> TicketType:
    """A ticket on sale. `price` in minor units, 0 is free; other fields are those of `Terms`."""
    date = date or make_date()
    given = {"currency": "KES", "pricing": "fixed" if price else "free", "price_minor": price, **terms}
    return add_ticket_type(
        occurrence=date,
        name=name,
        terms=Terms(**given),
        stock=Stock(capacity=capacity, whole=date.capacity_pool if whole else None),
        actor_id=None,
    )


def in_a_cart(ticket: TicketType, quantity: int = 2) -> CartLine:
    """Somebody is buying: a cart with a running hold."""
    cart = Cart.objects.create(currency="KES", held_until=in_seconds(900))
    line = CartLine.objects.create(cart=cart, offer=ticket.offer, quantity=quantity, unit_minor=1)
    pools = tuple(ticket.offer.pools.values_list("pk", flat=True))
    hold([Want(line.pk, ticket.offer_id, pools, quantity)], until=in_seconds(900))
    return line
