"""What a visitor does, through the site's own addresses."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from marketplace.commerce.cart_view import CartView, cart_view
from marketplace.commerce.models import Offer, Order
from marketplace.core import clock, outbox
from marketplace.core.models import OutboxEvent
from marketplace.payments.models import Payment
from marketplace.payments.services import settle_payment
from tests.simulator_process import SimulatorProcess

PHONE = "0712 345 678"


class Shopper:
    """A browser with one session."""

    def __init__(self) -> None:
        self.client = Client()

    def add(self, offer: Offer, quantity: Any = 1, **fields: Any) -> HttpResponse:
        return self.client.post("/cart/add/", {f"quantity-{offer.pk}": quantity, **fields})

    @property
    def token(self) -> str | None:
        return self.client.session.get("cart")

    @property
    def cart(self) -> CartView:
        return cart_view(self.token)

    def seen(self) -> str:
        """What the checkout page remembers of what it showed."""
        page = self.client.get("/checkout/")
        assert page.status_code == 200, page.headers.get("Location", page.status_code)
        found = re.search(r'name="seen" value="([^"]+)"', page.content.decode())
        assert found
        return found[1]

    def check_out(self, *, seen: str | None = None, **fields: Any) -> HttpResponse:
        data = {
            "email": "amina@example.com", "name": "Amina", "provider": "mpesa", "phone": PHONE, "terms": "on",
            "seen": self.seen() if seen is None else seen,
        }  # fmt: skip
        return self.client.post("/checkout/", {**data, **fields})

    def order(self) -> Order:
        return Order.objects.latest("placed_at")

    def get(self, order: Order, path: str = "", **query: str) -> HttpResponse:
        return self.client.get(f"/orders/{order.token}/{path}", query)

    def post(self, order: Order, path: str, **fields: Any) -> HttpResponse:
        return self.client.post(f"/orders/{order.token}/{path}", fields)


def press(simulator: SimulatorProcess, button: str, phone: str = "254712345678") -> None:
    simulator.control("phone", press=button, msisdn=phone)


def settle(order: Order) -> Payment:
    """The reconciler asks about the order's last payment, and the worker does everything that follows."""
    payment = Payment.objects.filter(reference=order.code).latest("attempt")
    payment = settle_payment(payment_id=payment.pk, source="reconciler")
    work()
    order.refresh_from_db()
    return payment


def work() -> None:
    """A worker delivers what is due, however often it had failed before."""
    for _ in range(5):
        OutboxEvent.objects.filter(delivered_at=None).update(due_at=clock.now())
        if not outbox.drain():
            break


def text_of(response: HttpResponse) -> str:
    """What a person reads."""
    plain = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(plain.split())
