"""Connected accounts as a marketplace makes them, and their owners at the hosted page."""

from typing import Any

import httpx
import stripe

from tests.simulator.checkouts import paid_session
from tests.simulator_process import SimulatorProcess

AT_ONCE = "4000000000000077"


def seller(shop: stripe.StripeClient, **changes: Any) -> Any:
    """Create an account."""
    controller = {
        "stripe_dashboard": {"type": "express"}, "fees": {"payer": "application"},
        "losses": {"payments": "application"}, "requirement_collection": "stripe",
    }  # fmt: skip
    made = {"country": "DE", "email": "s@example.com", "controller": controller, "metadata": {"seller": "7"}}
    made |= {"capabilities": {"transfers": {"requested": True}}, **changes}
    return shop.v1.accounts.create({key: value for key, value in made.items() if value is not None})  # type: ignore[arg-type]


def link(shop: stripe.StripeClient, account: Any, kind: Any = "account_onboarding") -> Any:
    """Create an account link."""
    urls: Any = {"refresh_url": "http://127.0.0.1:9/again/", "return_url": "http://127.0.0.1:9/back/"}
    return shop.v1.account_links.create({"account": account.id, "type": kind, **urls})


def onboard(shop: stripe.StripeClient, account: Any, press: str = "complete") -> httpx.Response:
    """Press a button of the hosted page."""
    return httpx.post(link(shop, account).url, data={"press": press}, trust_env=False, timeout=180)


def ready(shop: stripe.StripeClient, **changes: Any) -> Any:
    """Return an account that can be paid."""
    account = seller(shop, **changes)
    assert onboard(shop, account).status_code == 303
    return account


def settled(shop: stripe.StripeClient, simulator: SimulatorProcess, number: str = AT_ONCE, **changes: Any) -> Any:
    """Return a charge whose balance transaction exists; by default its money is available."""
    charge = paid_session(shop, number, **changes).payment_intent.latest_charge
    simulator.advance(1.1)
    simulator.until(lambda: shop.v1.charges.retrieve(charge.id).balance_transaction)
    return charge
