import datetime as dt

from marketplace.commerce.emails import queue_links
from marketplace.commerce.models import Order
from marketplace.commerce.services.place_order import email_hash
from marketplace.core import clock

FOR = dt.timedelta(days=730)
MOST = 30


def send_links(*, email: str, locale: str = "en") -> None:
    """Mail the links of the paid orders of an address to that address; nothing happens when there are none."""
    found = Order.objects.filter(
        email_hash=email_hash(email),
        placed_at__gt=clock.now() - FOR,
        status__in=[Order.Status.PAID, Order.Status.FULFILLED, Order.Status.REVIEW],
    )
    orders = list(found.order_by("-placed_at")[:MOST])
    if orders:
        queue_links(email.strip().lower(), orders, locale=locale)
