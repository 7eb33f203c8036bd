"""The control plane: lost, doubled, late and forged messages; broken answers; the clock; what it shows."""

import time
from typing import Any

import httpx
import pytest
import stripe

from tests.simulator.checkouts import open_session, paid_session, request
from tests.simulator.daraja_client import Daraja
from tests.simulator.receiver import Receiver
from tests.simulator_process import STRIPE_KEY, SimulatorProcess


def test_a_dropped_callback(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    simulator.control("deliveries", action="drop", provider="daraja", count=1)
    first, second = daraja.accepted("254712345678"), daraja.accepted("254712345679")
    simulator.control("phone", checkout_request_id=first, press="pay")
    simulator.control("phone", checkout_request_id=second, press="pay")
    [callback] = simulator.until(lambda: receiver.got)
    assert callback.callback["CheckoutRequestID"] == second
    assert [row["ref"] for row in simulator.look("deliveries", state="dropped")] == [first]
    assert daraja.query(first).json()["ResultCode"] == "0"


def test_doubled_and_delayed_deliveries(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    simulator.control("deliveries", action="duplicate", copies=3, count=1)
    simulator.control("phone", checkout_request_id=daraja.accepted("254712345678"), press="pay")
    simulator.until(lambda: len(receiver.got) == 3)
    simulator.control("deliveries", action="delay", seconds=600, count=1)
    simulator.control("phone", checkout_request_id=daraja.accepted("254712345679"), press="pay")
    time.sleep(0.2)
    assert len(receiver.got) == 3
    simulator.advance(601)
    simulator.until(lambda: len(receiver.got) == 4)


def test_reordered_deliveries(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    simulator.control("deliveries", action="reorder", count=3)
    pushes = [daraja.accepted(f"25471234567{n}") for n in range(3)]
    for push in pushes:
        simulator.control("phone", checkout_request_id=push, press="cancel")
    simulator.until(lambda: len(receiver.got) == 3)
    assert [one.callback["CheckoutRequestID"] for one in receiver.got] == pushes[::-1]


def test_held_deliveries_are_released_by_reset(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("settings", settle_seconds=600)
    simulator.control("deliveries", action="reorder", provider="stripe", count=50)
    paid_session(shop)
    assert receiver.got == []
    assert simulator.control("deliveries", action="reset")["released"] == 4
    simulator.until(lambda: len(receiver.got) == 4)
    assert receiver.types()[0] == "checkout.session.completed"


def test_webhooks_can_be_lost_by_type(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("settings", settle_seconds=600)
    simulator.control("deliveries", action="drop", match="checkout.session", provider="stripe")
    paid_session(shop)
    simulator.until(lambda: len(receiver.got) == 3)
    assert "checkout.session.completed" not in receiver.types()
    assert shop.v1.events.list({"delivery_success": False}).data[0].type == "checkout.session.completed"


def test_a_forged_callback(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    push = daraja.accepted(amount=1500)
    simulator.control("forge", checkout_request_id=push, amount=1, receipt="AAAAAAAAAA")
    [callback] = simulator.until(lambda: receiver.got)
    assert (callback.items["Amount"], callback.items["MpesaReceiptNumber"]) == (1.0, "AAAAAAAAAA")
    simulator.control("forge", checkout_request_id=push, forged_id="ws_CO_other", result_code=1032, copies=2)
    simulator.until(lambda: len(receiver.got) == 3)
    assert receiver.got[-1].callback["CheckoutRequestID"] == "ws_CO_other"
    assert simulator.look("ledger")["payments"] == []


def test_daraja_callbacks_are_tried_once_unless_told(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    receiver.answer = (503, {})
    daraja.accepted("254712345000")
    simulator.advance(1.1)
    simulator.until(lambda: simulator.look("deliveries", state="failed"))
    assert len(receiver.got) == 1
    simulator.control("settings", daraja_retries=[1])
    daraja.accepted("254712346000")
    simulator.advance(1.1)
    simulator.until(lambda: len(receiver.got) == 2)
    receiver.answer = (200, {})
    simulator.advance(1.1)
    simulator.until(lambda: len(receiver.got) == 3)


def test_callbacks_never_leave_the_machine(daraja: Daraja, simulator: SimulatorProcess) -> None:
    daraja.accepted("254712345000", CallBackURL="https://example.com/hooks/")
    simulator.advance(1.1)
    simulator.until(lambda: simulator.look("deliveries", state="refused"))


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("429", 429, None),
        ("503", 503, None),
        ("html", 503, None),
        ("500", 500, "500.003.1001"),
        ("spike", 500, "500.003.02"),
    ],
)
def test_daraja_in_trouble(
    daraja: Daraja, simulator: SimulatorProcess, kind: str, status: int, code: str | None
) -> None:
    simulator.control("fault", kind=kind, provider="daraja", path="stkpush/")
    answer = daraja.push()
    assert answer.status_code == status
    if code:
        assert answer.json()["errorCode"] == code
    elif kind == "html":
        assert answer.headers["content-type"].startswith("text/html")
    else:
        assert "faultstring" in answer.json()["fault"]
    assert daraja.push().status_code == 200


@pytest.mark.parametrize("kind", ["timeout_after", "drop_after"])
def test_a_push_accepted_but_never_answered(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, kind: str
) -> None:
    simulator.control("fault", kind=kind, path="stkpush/", seconds=6)
    daraja.http.timeout = httpx.Timeout(2)
    with pytest.raises((httpx.TimeoutException, httpx.RemoteProtocolError)):
        daraja.push("254712345000")
    simulator.advance(1.1)
    [callback] = simulator.until(lambda: receiver.got)
    assert callback.callback["ResultCode"] == 0


def test_a_fault_without_a_count_lasts_until_it_is_mended(daraja: Daraja, simulator: SimulatorProcess) -> None:
    fault = simulator.control("fault", kind="503", path="stkpush/", count=None)["id"]
    assert [daraja.push().status_code for _ in range(3)] == [503] * 3
    assert simulator.control("mend")["mended"] == [fault]
    assert daraja.push().status_code == 200


def test_a_dropped_request_was_not_accepted(daraja: Daraja, simulator: SimulatorProcess) -> None:
    simulator.control("fault", kind="drop", path="stkpush/")
    with pytest.raises(httpx.RemoteProtocolError):
        daraja.push()
    assert simulator.look("prompts") == []
    assert simulator.look("requests", fault="drop")[0]["status"] is None


def test_the_sdk_recovers_from_a_lost_answer_with_one_session(simulator: SimulatorProcess, receiver: Receiver) -> None:
    simulator.control("fault", kind="drop_after", provider="stripe", path="sessions")
    shop = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": simulator.stripe_base}, max_network_retries=2)
    session = shop.v1.checkout.sessions.create(request(), {"idempotency_key": "order-1"})
    assert [row.id for row in shop.v1.checkout.sessions.list().data] == [session.id]
    assert [row["status"] for row in simulator.look("requests", method="POST")] == [200, 200]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("429", stripe.RateLimitError), ("500", stripe.APIError), ("503", stripe.APIError), ("html", stripe.APIError)],
)
def test_stripe_in_trouble(
    shop: stripe.StripeClient, simulator: SimulatorProcess, kind: str, error: type[Exception]
) -> None:
    simulator.control("fault", kind=kind, provider="stripe")
    with pytest.raises(error):
        open_session(shop)
    assert open_session(shop).status == "open"


def test_what_it_received_can_be_read(daraja: Daraja, simulator: SimulatorProcess) -> None:
    daraja.push()
    seen = simulator.look("requests", path="stkpush")
    assert [(row["provider"], row["status"], row["body"]["Amount"]) for row in seen] == [("daraja", 200, 1500)]
    assert daraja.token not in str(simulator.look("requests"))


@pytest.mark.parametrize(
    ("order", "body", "status"),
    [
        ("next", {"outcome": "nonsense"}, 400),
        ("next", {}, 400),
        ("next", {"outcome": "0", "dellay": 3}, 400),
        ("fault", {"kind": "earthquake"}, 400),
        ("deliveries", {"action": "eat"}, 400),
        ("deliveries", {"action": "drop", "provider": "mpesa"}, 400),
        ("fault", {"kind": "500", "provider": "mpesa"}, 400),
        ("chaos", {"drop": 0.5, "provider": "mpesa"}, 400),
        ("clock", {"advance": -1}, 400),
        ("clock", {"advance": "soon"}, 400),
        ("forge", {"checkout_request_id": "ws_CO_none"}, 404),
        ("phone", {"press": "pay", "checkout_request_id": "none"}, 404),
        ("card", {"session": "cs_none"}, 404),
        ("settings", {"colour": "red"}, 400),
        ("dance", {}, 404),
    ],
)
def test_misspelt_orders_are_refused(simulator: SimulatorProcess, order: str, body: Any, status: int) -> None:
    answer = simulator.http.post(f"{simulator.base_url}/_sim/{order}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_its_documentation_is_at_hand(simulator: SimulatorProcess) -> None:
    assert "assumed" in simulator.http.get(f"{simulator.base_url}/_sim/").text
