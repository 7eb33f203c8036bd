"""Accidents by probability: every kind of message, every kind of call, the same again with the same seed."""

from collections import Counter
from typing import Any

import httpx
import pytest
import stripe

from tests.simulator.checkouts import paid_session
from tests.simulator.daraja_client import Daraja
from tests.simulator.receiver import Receiver
from tests.simulator.results import RESULT
from tests.simulator_process import SimulatorProcess


def fates(daraja: Daraja, simulator: SimulatorProcess, seed: int) -> list[str]:
    """Send twenty payouts and return what became of their results."""
    simulator.reset()
    daraja.authorize()
    simulator.control("chaos", seed=seed, drop=0.3, duplicate=0.3, delay=0.2, delay_seconds=900)
    for number in range(20):
        daraja.send(f"payout-{number}")
    simulator.advance(1.1)
    simulator.until(lambda: len(simulator.look("initiated", state="done")) == 20)
    simulator.until(lambda: not undelivered(simulator))
    sent: dict[str, list[str]] = {}
    for row in simulator.look("deliveries"):
        sent.setdefault(row["ref"], []).append(row["state"])
    return [" ".join(states) for states in sent.values()]


def undelivered(simulator: SimulatorProcess) -> list[Any]:
    now = simulator.look("clock")["now"]
    return [row for row in simulator.look("deliveries", state="due") if row["created"] + 1 > now]


def test_results_are_lost_doubled_and_late_the_same_way_by_seed(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    first = fates(daraja, simulator, 7)
    happened = simulator.look("chaos")["happened"]
    states = Counter(first)
    assert {"dropped", "sent"} < set(states)
    assert states["dropped"] == happened["drop"]
    assert sum(states[two] for two in states if " " in two) == happened["duplicate"]
    assert happened["delay"] > 0
    again = fates(daraja, simulator, 7)
    assert [one == "dropped" for one in again] == [one == "dropped" for one in first]
    assert [one == "dropped" for one in fates(daraja, simulator, 8)] != [one == "dropped" for one in first]


def test_chaos_ends_with_a_reset_of_deliveries(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    simulator.control("chaos", drop=1)
    daraja.send("lost")
    simulator.advance(1.1)
    simulator.until(lambda: simulator.look("deliveries", state="dropped"))
    simulator.control("deliveries", action="reset")
    daraja.send("found")
    simulator.advance(1.1)
    simulator.until(lambda: receiver.at(RESULT))


def test_chaos_may_be_about_some_messages_only(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("chaos", drop=1, provider="stripe", match="refund")
    shop.v1.refunds.create({"payment_intent": paid_session(shop).payment_intent.id})
    simulator.until(lambda: "payment_intent.succeeded" in receiver.types())
    assert sorted(row["topic"] for row in simulator.look("deliveries", state="dropped")) == [
        "charge.refunded",
        "refund.created",
    ]


def test_calls_that_are_accepted_and_never_answered(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("chaos", calls={"drop_after": 1}, path="b2c/")
    with pytest.raises(httpx.RemoteProtocolError):
        daraja.send("payout-1")
    simulator.control("chaos")
    assert daraja.send("payout-1").json()["errorMessage"] == "Duplicate OriginatorConversationID."


@pytest.mark.parametrize("path", ["b2c/", "reversal/", "transactionstatus/", "accountbalance/", "pulltransactions/"])
def test_every_api_can_time_out_after_it_was_heard(daraja: Daraja, simulator: SimulatorProcess, path: str) -> None:
    credential = daraja.credential()
    daraja.credential = lambda: credential  # type: ignore[method-assign, misc]
    simulator.control("fault", kind="timeout_after", path=path, seconds=8)
    daraja.http.timeout = httpx.Timeout(3)
    pull = ("/pulltransactions/v1/register", {"ShortCode": "174379"})
    calls = {"b2c/": lambda: daraja.send("p"), "reversal/": lambda: daraja.reverse("XXXXXXXXXX")}
    calls |= {"transactionstatus/": lambda: daraja.status(TransactionID="X"), "accountbalance/": daraja.balance}
    with pytest.raises(httpx.TimeoutException):
        calls.get(path, lambda: daraja.post(*pull))()
    simulator.until(lambda: simulator.look("requests", fault="timeout_after")[0]["status"] in (200, 400))


@pytest.mark.parametrize("wish", [{"drop": 2}, {"drop": 0.6, "delay": 0.6}, {"calls": {"quake": 0.1}}, {"drop": "x"}])
def test_impossible_chances_are_refused(simulator: SimulatorProcess, wish: Any) -> None:
    assert simulator.http.post(f"{simulator.base_url}/_sim/chaos", json=wish).status_code == 400
