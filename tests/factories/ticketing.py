"""An event with tickets sold, made row by row: what a paid order leaves behind."""

import datetime as dt
import io
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image as Picture
from wagtail.images import get_image_model
from wagtail.models import Locale, Page

from marketplace.commerce.models import Offer, Order, OrderClient, OrderLine
from marketplace.events.models import EventIndexPage, EventPage, Occurrence, TicketType, Venue
from marketplace.sellers.models import Seller
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.services import issue_tickets

_numbers = count(1)
START = dt.datetime(2030, 12, 13, 16, tzinfo=dt.UTC)
"""19:00 in Nairobi."""


def a_seller(**fields: Any) -> Seller:
    number = next(_numbers)
    return Seller.objects.create(**{"name": f"Ziwa Sounds {number}", "slug": f"ziwa-{number}", **fields})


def an_offer(seller: Seller, **fields: Any) -> Offer:
    defaults = {"kind": "ticket", "title": "Benga by the Lake", "name": "Standing", "currency": "KES", "price_minor": 1}
    return Offer.objects.create(seller=seller, **{**defaults, **fields})


def a_picture(color: str = "#c8340f", size: tuple[int, int] = (1600, 1200)) -> Any:
    out = io.BytesIO()
    Picture.new("RGB", size, color).save(out, "JPEG")
    out.seek(0)
    return get_image_model().objects.create(title="Poster", file=ImageFile(out, name=f"poster-{next(_numbers)}.jpg"))


def an_event(seller: Seller, **fields: Any) -> EventPage:
    root = Page.objects.get(depth=1)
    number = next(_numbers)
    index: EventIndexPage = root.add_child(instance=EventIndexPage(title="Events", slug=f"events-{number}"))
    venue = Venue.objects.create(
        name="Dunga Hill Camp", address="Dunga", city="Kisumu",
        latitude=Decimal("-0.1447"), longitude=Decimal("34.7361"),
        directions="Boda bodas know the way.", locale=Locale.get_default(),
    )  # fmt: skip
    defaults = {"title": "Benga by the Lake", "slug": f"benga-{number}", "seller": seller, "venue": venue}
    page: EventPage = index.add_child(instance=EventPage(**{**defaults, **fields}))
    return page


def a_date(event: EventPage, **fields: Any) -> Occurrence:
    start = fields.pop("start", START)
    times = {"start": start, "end": start + dt.timedelta(hours=4), "doors": start - dt.timedelta(hours=2)}
    return Occurrence.objects.create(event=event, **{**times, **fields})


def a_ticket_type(date: Occurrence, **fields: Any) -> TicketType:
    offer = fields.pop("offer", None) or an_offer(date.event.seller)
    defaults = {"name": "Standing", "offer": offer, "locale": Locale.get_default()}
    return TicketType.objects.create(occurrence=date, **{**defaults, **fields})


def a_line(offer: Offer, *, quantity: int = 1, buyer: str = "Amina Odhiambo", **order: Any) -> OrderLine:
    """A paid order with one line."""
    sums = {"subtotal_minor": 100 * quantity, "fee_minor": 0, "tax_minor": 0, "total_minor": 100 * quantity}
    defaults = {"status": "paid", "currency": offer.currency, "email_hash": "x", "expires_at": START, **sums}
    placed = Order.objects.create(**{**defaults, **order})
    OrderClient.objects.create(order=placed, name=buyer, email="amina@example.com")
    return OrderLine.objects.create(
        order=placed, offer=offer, seller=offer.seller, seller_name=offer.seller.name, kind=offer.kind,
        title=offer.title, name=offer.name, quantity=quantity, unit_minor=100, subtotal_minor=100 * quantity,
        fee_minor=0, fee_passed_on=False, tax_minor=0, total_minor=100 * quantity, refund_policy="None after doors.",
    )  # fmt: skip


def a_ticket_line(*, quantity: int = 1, event: dict[str, Any] | None = None, **fields: Any) -> OrderLine:
    """Tickets sold and not issued yet. `event` are the event page's fields; the rest the order's."""
    kind = a_ticket_type(a_date(an_event(a_seller(), **(event or {}))))
    return a_line(kind.offer, quantity=quantity, **fields)


def some_tickets(quantity: int = 1, **fields: Any) -> list[Ticket]:
    return issue_tickets(line=a_ticket_line(quantity=quantity, **fields))


def a_ticket(**fields: Any) -> Ticket:
    return some_tickets(1, **fields)[0]
