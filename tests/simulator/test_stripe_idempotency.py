"""The idempotency store."""

import threading
from typing import Any

import httpx
import pytest
import stripe

from tests.simulator.checkouts import pay, request
from tests.simulator_process import STRIPE_KEY, SimulatorProcess


def post(simulator: SimulatorProcess, key: str, **form: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {STRIPE_KEY}", "Idempotency-Key": key}
    url = f"{simulator.stripe_base}/v1/payment_intents"
    return httpx.post(url, data={"amount": "150000", "currency": "kes"} | form, headers=headers, timeout=180)


def test_the_same_key_gives_the_same_answer_again(simulator: SimulatorProcess) -> None:
    first, second = post(simulator, "k1"), post(simulator, "k1")
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert first.json() == second.json()


def test_another_request_under_the_same_key_is_refused(shop: stripe.StripeClient) -> None:
    shop.v1.checkout.sessions.create(request(), {"idempotency_key": "k1"})
    with pytest.raises(stripe.IdempotencyError) as caught:
        shop.v1.checkout.sessions.create(request(client_reference_id="ORD2"), {"idempotency_key": "k1"})
    assert caught.value.http_status == 400


def test_a_key_under_way_is_a_409_that_may_be_retried(simulator: SimulatorProcess) -> None:
    simulator.control("fault", kind="slow", path="payment_intents", seconds=8)
    answers: list[httpx.Response] = []
    first = threading.Thread(target=lambda: answers.append(post(simulator, "k1")))
    first.start()
    simulator.until(lambda: simulator.look("requests", fault="slow"))
    answers.append(post(simulator, "k1"))
    first.join()
    conflict, made = sorted(answers, key=lambda answer: -answer.status_code)
    assert (conflict.status_code, made.status_code) == (409, 200)
    assert conflict.json()["error"]["code"] == "idempotency_key_in_use"
    assert conflict.headers["Stripe-Should-Retry"] == "true"


def test_failed_validation_is_not_kept(simulator: SimulatorProcess) -> None:
    assert post(simulator, "k1", amount="1").status_code == 400
    assert post(simulator, "k1").status_code == 200


def test_a_declined_card_is_kept(simulator: SimulatorProcess, shop: stripe.StripeClient) -> None:
    form = {"payment_method": "pm_card_chargeDeclined", "confirm": "true"}
    first, second = post(simulator, "k1", **form), post(simulator, "k1", **form)
    assert (first.status_code, second.headers["Idempotent-Replayed"]) == (402, "true")
    assert first.json() == second.json()
    assert len(shop.v1.payment_intents.list().data) == 1


def test_a_refusal_while_executing_is_kept(shop: stripe.StripeClient) -> None:
    session = shop.v1.checkout.sessions.create(request())
    pay(session.url)
    intent = shop.v1.checkout.sessions.retrieve(session.id).payment_intent
    parameters: Any = {"payment_intent": intent, "amount": 200000}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
            shop.v1.refunds.create(parameters, {"idempotency_key": "k1"})


def test_a_key_is_forgotten_after_a_day(simulator: SimulatorProcess) -> None:
    first = post(simulator, "k1")
    simulator.advance(86401)
    assert post(simulator, "k1").json()["id"] != first.json()["id"]


def test_a_key_is_its_own_for_every_account(simulator: SimulatorProcess, shop: stripe.StripeClient) -> None:
    ours = shop.v1.checkout.sessions.create(request(), {"idempotency_key": "k1"})
    theirs = shop.v1.checkout.sessions.create(request(), {"idempotency_key": "k1", "stripe_account": "acct_1"})
    assert ours.id != theirs.id
