"""Payment intents through the API alone."""

from typing import Any

import httpx
import pytest
import stripe

from tests.simulator.checkouts import open_session, pay
from tests.simulator_process import SimulatorProcess


def create(shop: stripe.StripeClient, **more: Any) -> Any:
    parameters: Any = {"amount": 150000, "currency": "kes", **more}
    return shop.v1.payment_intents.create(parameters)


def test_create_then_confirm(shop: stripe.StripeClient) -> None:
    intent = create(shop, metadata={"order": "1"})
    assert (intent.status, intent.latest_charge) == ("requires_payment_method", None)
    paid = shop.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "expand": ["latest_charge", "payment_method"]}
    )
    assert (paid.status, paid.latest_charge.paid, paid.payment_method.card.last4) == ("succeeded", True, "4242")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert caught.value.code == "payment_intent_unexpected_state"


def test_a_decline_is_a_402_that_names_the_intent(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        create(shop, payment_method="pm_card_chargeDeclinedInsufficientFunds", confirm=True)
    error = caught.value.error
    assert error is not None
    assert (error.code, error.decline_code) == ("card_declined", "insufficient_funds")
    intent = shop.v1.payment_intents.list().data[0]
    assert error.payment_intent.id == intent.id
    assert intent.status == "requires_payment_method"


def test_a_challenge_leads_back_to_the_shop(shop: stripe.StripeClient) -> None:
    intent = create(
        shop, payment_method="pm_card_authenticationRequired", confirm=True, return_url="http://127.0.0.1:9/back?a=1"
    )
    assert intent.status == "requires_action"
    answer = httpx.post(intent.next_action.redirect_to_url.url, data={"answer": "complete"}, timeout=180)
    assert answer.headers["location"].startswith(f"http://127.0.0.1:9/back?a=1&payment_intent={intent.id}")
    assert shop.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_cancel(shop: stripe.StripeClient) -> None:
    intent = create(shop)
    canceled = shop.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.payment_intents.cancel(intent.id)
    session = open_session(shop)
    pay(session.url, "4000000000000002")
    behind = shop.v1.checkout.sessions.retrieve(session.id).payment_intent
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        shop.v1.payment_intents.cancel(str(behind))


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"amount": 1}, "amount"),
        ({"currency": "xyz"}, "currency"),
        ({"confirm": True}, "payment_method"),
        ({"payment_method": "pm_nothing"}, "payment_method"),
        ({"capture_method": "manual"}, "capture_method"),
        ({"customer": "cus_1"}, "customer"),
        ({"amount": None}, "amount"),
        ({"amuont": 5}, "amuont"),
    ],
)
def test_bad_intents_are_refused(shop: stripe.StripeClient, changes: Any, param: str) -> None:
    made: Any = {"amount": 150000, "currency": "kes"} | changes
    parameters: Any = {key: value for key, value in made.items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.payment_intents.create(parameters)
    assert caught.value.param == param


@pytest.mark.parametrize("path", ["nothing", "amount", "latest_charge.metadata.x", "status", "a.b.c.d.e"])
def test_only_links_can_be_expanded(shop: stripe.StripeClient, path: str) -> None:
    intent = create(shop, payment_method="pm_card_visa", confirm=True)
    with pytest.raises(stripe.InvalidRequestError, match="cannot"):
        shop.v1.payment_intents.retrieve(intent.id, {"expand": [path]})


def test_lists_are_expanded_below_data(shop: stripe.StripeClient) -> None:
    create(shop, payment_method="pm_card_visa", confirm=True, capture_method="automatic")
    create(shop)
    rows = shop.v1.payment_intents.list({"expand": ["data.latest_charge.balance_transaction"]}).data
    assert rows[0].latest_charge is None
    assert rows[1].latest_charge.balance_transaction.fee == 4380
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.payment_intents.list({"expand": ["latest_charge"]})


def test_no_field_of_ours_leaks(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    with pytest.raises(stripe.CardError) as caught:
        create(shop, payment_method="pm_card_chargeDeclined", confirm=True)
    session = open_session(shop)
    assert '"_' not in str(caught.value.json_body).replace("'", '"')
    assert '"_' not in str(session.to_dict()).replace("'", '"')
