"""Keys, versions, forms and schemas: what is refused before anything happens."""

import time
from typing import Any

import httpx
import pytest
import stripe

from tests.simulator.checkouts import line, open_session, request
from tests.simulator_process import STRIPE_KEY, SimulatorProcess

SESSIONS = "/v1/checkout/sessions"


def refused(shop: stripe.StripeClient, **changes: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        open_session(shop, **changes)
    assert caught.value.http_status == 400
    return caught.value


def raw(simulator: SimulatorProcess, body: str, key: str = STRIPE_KEY, **headers: str) -> httpx.Response:
    sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-www-form-urlencoded", **headers}
    return simulator.http.post(simulator.stripe_base + SESSIONS, content=body, headers=sent)


@pytest.mark.parametrize("key", ["sk_live_abc", "pk_test_abc", "nonsense"])
def test_only_test_keys_open_the_door(simulator: SimulatorProcess, key: str) -> None:
    answer = raw(simulator, "mode=payment", key)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith("Invalid API Key provided")
    assert key not in answer.text


def test_a_missing_key_is_explained(simulator: SimulatorProcess) -> None:
    answer = httpx.get(simulator.stripe_base + SESSIONS, timeout=180)
    assert answer.status_code == 401
    assert "You did not provide an API key" in answer.json()["error"]["message"]


def test_a_key_may_come_as_basic_user(simulator: SimulatorProcess) -> None:
    assert httpx.get(simulator.stripe_base + SESSIONS, auth=(STRIPE_KEY, ""), timeout=180).status_code == 200


def test_answers_carry_request_id_and_version(simulator: SimulatorProcess) -> None:
    answer = raw(simulator, "mode=payment", **{"Stripe-Version": "2026-10-28.endive"})
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == "2026-10-28.endive"
    assert raw(simulator, "", **{"Stripe-Version": "yesterday"}).json()["error"]["message"].startswith("Invalid Stripe")


def test_json_bodies_and_unknown_addresses_are_refused(simulator: SimulatorProcess) -> None:
    answer = raw(simulator, '{"mode": "payment"}', **{"Content-Type": "application/json"})
    assert "application/x-www-form-urlencoded" in answer.json()["error"]["message"]
    lost = httpx.get(f"{simulator.stripe_base}/v1/nothing", auth=(STRIPE_KEY, ""), timeout=180)
    assert (lost.status_code, lost.json()["error"]["type"]) == (404, "invalid_request_error")


@pytest.mark.parametrize("body", ["a[=1", "a]b=1", "a=1&a[b]=2", "a[b]=2&a=1", "=1", "[a]=1", "a" + "[b]" * 40 + "=1"])
def test_broken_brackets_are_a_400(simulator: SimulatorProcess, body: str) -> None:
    assert raw(simulator, body).status_code == 400


PRICE = "line_items[0][price_data]"


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"colour": "red"}, "colour", "parameter_unknown"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
        ({"line_items": [line() | {"name": "x"}]}, "line_items[0][name]", "parameter_unknown"),
        ({"payment_intent_data": {"amount": 1}}, "payment_intent_data[amount]", "parameter_unknown"),
        ({"line_items": [{"price_data": {"unit_amount": 1}}]}, f"{PRICE}[currency]", "parameter_missing"),
        ({"line_items": [line() | {"quantity": "two"}]}, "line_items[0][quantity]", "parameter_invalid_integer"),
        ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
        ({"automatic_tax": {"enabled": "yes"}}, "automatic_tax[enabled]", "parameter_invalid_boolean"),
        ({"mode": "gift"}, "mode", None),
        ({"mode": None}, "mode", "parameter_missing"),
        ({"submit_type": "buy"}, "submit_type", None),
        ({"success_url": None}, "success_url", "parameter_missing"),
        ({"success_url": ""}, "success_url", "parameter_invalid_empty"),
        ({"success_url": "thanks"}, "success_url", "url_invalid"),
        ({"line_items": None}, "line_items", "parameter_missing"),
        ({"line_items": "x"}, "line_items", "parameter_invalid_array"),
        ({"line_items": {"a": line()}}, "line_items", "parameter_invalid_array"),
        ({"payment_intent_data": "x"}, "payment_intent_data", "parameter_invalid_object"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata", None),
        ({"metadata": {"k" * 41: "v"}}, "metadata", None),
        ({"metadata": {"k": "v" * 501}}, "metadata", None),
        ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
        ({"customer": "cus_1"}, "customer", "resource_missing"),
        ({"client_reference_id": "x" * 201}, "client_reference_id", None),
        ({"line_items": [{"price": "price_1", "quantity": 1}]}, "line_items[0][price]", "resource_missing"),
        ({"line_items": [line(quantity=0)]}, "line_items[0][quantity]", "parameter_invalid_integer"),
        ({"line_items": [line(amount=-1)]}, "line_items[0][price_data][unit_amount]", "parameter_invalid_integer"),
        ({"line_items": [line(currency="xyz")]}, "line_items[0][price_data][currency]", None),
        ({"line_items": [line(), line(currency="usd")]}, "line_items", None),
        ({"line_items": [line(amount=6900)]}, "line_items", "amount_too_small"),
        ({"line_items": [line(amount=49, currency="usd")]}, "line_items", "amount_too_small"),
        ({"line_items": [line(amount=99_999_999, quantity=2)]}, "line_items", "amount_too_large"),
        ({"line_items": [line()] * 101}, "line_items", None),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named(shop: stripe.StripeClient, changes: Any, param: str, code: str | None) -> None:
    error = refused(shop, **changes)
    assert (error.param, error.code) == (param, code)
    assert error.request_id


def test_enum_errors_list_the_choices(shop: stripe.StripeClient) -> None:
    assert refused(shop, mode="gift").user_message == "Invalid mode: must be one of payment, setup, or subscription"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"discounts": [{"coupon": "x"}]}, "discounts"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax"),
        ({"payment_intent_data": {"transfer_data": {"destination": "acct_1"}}}, "payment_intent_data[transfer_data]"),
    ],
)
def test_what_is_not_simulated_is_refused_not_ignored(shop: stripe.StripeClient, changes: Any, param: str) -> None:
    error = refused(shop, **changes)
    assert error.param == param
    assert "not simulated" in str(error)


@pytest.mark.parametrize(("seconds", "accepted"), [(1795, False), (1805, True), (86395, True), (86405, False)])
def test_a_session_lives_between_half_an_hour_and_a_day(
    shop: stripe.StripeClient, seconds: int, accepted: bool
) -> None:
    parameters = request(expires_at=int(time.time()) + seconds)
    if accepted:
        assert shop.v1.checkout.sessions.create(parameters).expires_at == parameters["expires_at"]
    else:
        assert refused(shop, **parameters).param == "expires_at"


def test_a_missing_object_is_a_404(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.checkout.sessions.retrieve("cs_test_nothing")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_accounts_do_not_see_each_other(shop: stripe.StripeClient) -> None:
    theirs = shop.v1.checkout.sessions.create(request(), {"stripe_account": "acct_1"})
    assert shop.v1.checkout.sessions.retrieve(theirs.id, None, {"stripe_account": "acct_1"}).id == theirs.id
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.checkout.sessions.retrieve(theirs.id)
    assert shop.v1.checkout.sessions.list().data == []
