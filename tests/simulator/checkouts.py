"""Checkout Sessions as a shop makes them, and a buyer at the hosted page."""

import time
from typing import Any

import httpx
import stripe

SUCCESS = "http://127.0.0.1:9/thanks?session={CHECKOUT_SESSION_ID}"
GOOD, DECLINED, POOR, SECURE = "4242424242424242", "4000000000000002", "4000000000009995", "4000002500003155"
DISPUTED, REFUND_FAILS, REFUND_WAITS = "4000000000000259", "4000000000005126", "4000000000007726"


def line(name: str = "Ticket", amount: int = 150000, quantity: int = 1, currency: str = "kes") -> dict[str, Any]:
    """Return one line item."""
    data = {"currency": currency, "unit_amount": amount, "product_data": {"name": name}}
    return {"price_data": data, "quantity": quantity}


def request(**changes: Any) -> Any:
    """Return the parameters of a correct session, changed as told."""
    made = {
        "mode": "payment",
        "success_url": SUCCESS,
        "cancel_url": "http://127.0.0.1:9/cart",
        "line_items": [line()],
        "client_reference_id": "ORD1",
        "metadata": {"order": "ORD1"},
        "payment_intent_data": {"metadata": {"order": "ORD1"}, "description": "Order ORD1"},
        "expires_at": int(time.time()) + 3600,
    }
    return {key: value for key, value in (made | changes).items() if value is not None}


def open_session(shop: stripe.StripeClient, **changes: Any) -> Any:
    """Create a session."""
    return shop.v1.checkout.sessions.create(request(**changes))


def pay(url: str, number: str = GOOD, **fields: str) -> httpx.Response:
    """Fill in the hosted page's form and press Pay, without JavaScript."""
    form = {"email": "buyer@example.com", "number": number, "expiry": "12 / 34", "cvc": "123", "name": "Amina"}
    return httpx.post(url, data=form | fields, trust_env=False, timeout=180)


def paid_session(shop: stripe.StripeClient, number: str = GOOD, **changes: Any) -> Any:
    """Create a session, pay it, and return it with its charge."""
    session = open_session(shop, **changes)
    answer = pay(session.url, number)
    assert answer.status_code == 303, answer.text
    expand = ["payment_intent.latest_charge.balance_transaction"]
    return shop.v1.checkout.sessions.retrieve(session.id, {"expand": expand})
