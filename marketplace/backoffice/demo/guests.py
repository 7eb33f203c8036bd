"""Guest lists: real orders, real tickets, no money. They make some evenings of the demo full, and give the buyer some.

What a guest list takes is offered free for a moment and bought through the same services as everything else, so that
stock, orders, tickets and books agree from the first page on.
"""

from typing import Any

from django.db import transaction

from marketplace.backoffice.demo.catalog import TicketSpec
from marketplace.backoffice.demo.events import EVENTS
from marketplace.commerce.cart_view import fingerprint
from marketplace.commerce.carts import open_cart
from marketplace.commerce.models import Offer, Order
from marketplace.commerce.prices import quote_lines, rates_on
from marketplace.commerce.services import Buyer, Wish, add_to_cart, place_order, save_offer
from marketplace.core import outbox
from marketplace.events.models import TicketType
from marketplace.users.models import User

TABLE = 10
"""Guests per order."""
TREATS = ("nairobi-jazz-night", "stand-up-thursday")
"""What the demo's buyer holds tickets for."""


def sell(*, buyer: User) -> None:
    """Fill the guest lists, then let the outbox make and queue what was bought."""
    for spec in EVENTS:
        for ticket in spec.tickets:
            if ticket.sold and spec.state == "scheduled" and spec.dates[0].day > 0:
                fill(first_date(spec.slug, ticket), guests=ticket.sold)
        if spec.slug in TREATS:
            invite(first_date(spec.slug, spec.tickets[0]), guests=2, email=buyer.email, user_id=buyer.pk)
    drain()


def drain() -> None:
    """Let everybody hear the news there is, and the news that makes."""
    while outbox.drain():
        pass


def first_date(slug: str, ticket: TicketSpec) -> Offer:
    rows = TicketType.objects.filter(occurrence__event__slug=slug, name=ticket.name)
    return rows.select_related("offer__seller").order_by("occurrence__start")[0].offer


def fill(offer: Offer, *, guests: int) -> None:
    while guests > 0:
        invite(offer, guests=min(guests, TABLE), email=offer.seller.email)
        guests -= TABLE


@transaction.atomic
def looked_at(token: str) -> str:
    """What somebody has seen who looks at this cart before ordering."""
    opened = open_cart(token)
    if opened is None:
        raise LookupError(f"the cart {token[:8]} is gone")
    return fingerprint(quote_lines(opened.lines, opened.cart.currency, rates_on()))


def invite(offer: Offer, *, guests: int, email: str, user_id: int | None = None) -> Order:
    """One order of free places; the offer's own terms are back afterwards."""
    names = ("pricing", "price_minor", "suggested_minor", "max_per_order")
    own: dict[str, Any] = {name: getattr(offer, name) for name in names}
    free: dict[str, Any] = {
        "pricing": Offer.Pricing.FREE,
        "price_minor": 0,
        "suggested_minor": None,
        "max_per_order": TABLE,
    }
    offer = save_offer(offer=offer, actor_id=None, **free)
    cart = add_to_cart(token=None, wishes=[Wish(offer.pk, guests)], user_id=user_id)
    seen = looked_at(cart.token)
    order = place_order(token=cart.token, seen=seen, buyer=Buyer(email, name="Guest list"), terms="", user_id=user_id)
    save_offer(offer=offer, actor_id=None, **own)
    return order
