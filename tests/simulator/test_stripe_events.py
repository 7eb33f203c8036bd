"""Webhooks and the list of events behind them."""

import time

import pytest
import stripe

from tests.simulator.checkouts import open_session, paid_session
from tests.simulator.receiver import Receiver
from tests.simulator_process import WEBHOOK_SECRET, SimulatorProcess


def test_webhooks_carry_a_signature_the_sdk_accepts(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    session = paid_session(shop)
    simulator.until(lambda: "checkout.session.completed" in receiver.types())
    one = next(one for one in receiver.got if one.json["type"] == "checkout.session.completed")
    signature = one.headers["Stripe-Signature"]
    event = shop.construct_event(one.raw, signature, WEBHOOK_SECRET)
    assert event.data.object["id"] == session.id
    assert event.api_version == stripe.api_version
    with pytest.raises(stripe.SignatureVerificationError):
        shop.construct_event(one.raw, signature, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        shop.construct_event(one.raw.replace(b"paid", b"PAID"), signature, WEBHOOK_SECRET)


def test_signatures_stay_fresh_when_the_simulated_clock_runs_ahead(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    session = open_session(shop)
    simulator.advance(3601)
    [one] = simulator.until(lambda: receiver.got)
    stamp = int(one.headers["Stripe-Signature"].partition(",")[0].removeprefix("t="))
    assert abs(stamp - time.time()) < 60
    assert shop.construct_event(one.raw, one.headers["Stripe-Signature"], WEBHOOK_SECRET).type.endswith(".expired")
    assert shop.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_a_payment_tells_its_whole_story(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    paid_session(shop)
    simulator.advance(1.1)
    expected = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    expected += ["checkout.session.completed", "charge.updated"]
    simulator.until(lambda: sorted(receiver.types()) == sorted(expected))
    listed = shop.v1.events.list()
    assert [event.type for event in listed.data] == expected[::-1]
    assert shop.v1.events.retrieve(listed.data[0].id).data.previous_attributes["balance_transaction"] is None


def test_a_failed_webhook_is_tried_again_and_can_be_found(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    receiver.answer = (500, {})
    shop.v1.checkout.sessions.expire(open_session(shop).id)
    simulator.until(lambda: len(receiver.got) == 1)
    missed = shop.v1.events.list({"delivery_success": False}).data
    assert ([event.type for event in missed], missed[0].pending_webhooks) == (["checkout.session.expired"], 1)
    receiver.answer = (302, {})  # a redirect counts as failed too
    simulator.advance(2.1)
    simulator.until(lambda: len(receiver.got) == 2)
    receiver.answer = (204, {})
    simulator.until(lambda: len(simulator.look("deliveries")[0]["attempts"]) == 2)
    simulator.advance(10.1)
    simulator.until(lambda: len(receiver.got) == 3)
    simulator.until(lambda: simulator.look("deliveries", state="sent"))
    assert shop.v1.events.list({"delivery_success": False}).data == []
    assert len({one.json["id"] for one in receiver.got}) == 1
    assert len({one.headers["Stripe-Signature"] for one in receiver.got}) >= 1


def test_events_are_found_by_type(shop: stripe.StripeClient) -> None:
    paid_session(shop)
    found = shop.v1.events.list({"type": "charge.succeeded"}).data
    assert [event.type for event in found] == ["charge.succeeded"]
    found = shop.v1.events.list({"types": ["charge.succeeded", "payment_intent.created"]}).data
    assert {event.type for event in found} == {"charge.succeeded", "payment_intent.created"}
    assert shop.v1.events.list({"created": {"gt": int(time.time()) + 60}}).data == []


def test_events_of_an_api_call_name_the_request(shop: stripe.StripeClient) -> None:
    session = open_session(shop)
    shop.v1.checkout.sessions.expire(session.id, None, {"idempotency_key": "k9"})
    event = shop.v1.events.list({"limit": 1}).data[0]
    assert event.request is not None
    assert (event.request.idempotency_key, str(event.request.id)[:4]) == ("k9", "req_")
