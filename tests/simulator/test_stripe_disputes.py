"""Disputes from opening to verdict, and refunds that the site did not make."""

from typing import Any

import pytest
import stripe

from tests.simulator.checkouts import DISPUTED, REFUND_FAILS, paid_session
from tests.simulator.receiver import Receiver
from tests.simulator.sellers import settled
from tests.simulator_process import SimulatorProcess


def opened(shop: stripe.StripeClient, simulator: SimulatorProcess, **order: Any) -> Any:
    charge = settled(shop, simulator)
    made = simulator.control("dispute", charge=charge.id, **order)
    return shop.v1.disputes.retrieve(made["dispute"])


def moved(dispute: Any) -> list[tuple[int, int]]:
    return [(entry.amount, entry.fee) for entry in dispute.balance_transactions]


def events(receiver: Receiver) -> list[str]:
    return sorted({kind for kind in receiver.types() if "dispute" in kind})


def test_an_order_opens_a_dispute_that_takes_money_and_fee(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    dispute = opened(shop, simulator, reason="product_not_received")
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "product_not_received", 150000)
    assert moved(dispute) == [(-150000, 1500)]
    assert dispute.evidence_details.due_by == dispute.created + 8 * 86400
    simulator.until(lambda: "charge.dispute.funds_withdrawn" in receiver.types())


def test_winning_evidence_brings_the_amount_back_but_not_the_fee(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    dispute = opened(shop, simulator)
    staged = shop.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Amina"}, "submit": False})
    assert (staged.status, staged.evidence_details.submission_count) == ("needs_response", 0)
    assert staged.evidence_details.has_evidence
    sent = shop.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert (sent.status, sent.evidence.customer_name) == ("under_review", "Amina")
    with pytest.raises(stripe.InvalidRequestError, match="cannot be changed"):
        shop.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Other"}})
    simulator.advance(2.1)
    simulator.until(lambda: "charge.dispute.funds_reinstated" in receiver.types())
    won = shop.v1.disputes.retrieve(dispute.id)
    assert (won.status, moved(won)) == ("won", [(-150000, 1500), (150000, 0)])
    assert "charge.dispute.closed" in events(receiver)
    shop.v1.refunds.create({"charge": str(won.charge)})


@pytest.mark.parametrize("way", ["evidence", "close", "order", "deadline"])
def test_a_lost_dispute_keeps_the_money(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver, way: str
) -> None:
    dispute = opened(shop, simulator)
    if way == "evidence":
        shop.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "losing_evidence"}})
        simulator.advance(2.1)
    elif way == "close":
        assert shop.v1.disputes.close(dispute.id).status == "lost"
    elif way == "order":
        simulator.control("dispute", press="submit", dispute=dispute.id)
        simulator.control("dispute", press="lose", dispute=dispute.id)
    else:
        simulator.advance(8 * 86400 + 1)
    simulator.until(lambda: "charge.dispute.closed" in receiver.types())
    lost = shop.v1.disputes.retrieve(dispute.id)
    assert (lost.status, moved(lost)) == ("lost", [(-150000, 1500)])
    assert "charge.dispute.funds_reinstated" not in receiver.types()
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        shop.v1.refunds.create({"charge": str(lost.charge)})
    over = simulator.http.post(f"{simulator.base_url}/_sim/dispute", json={"press": "win", "dispute": dispute.id})
    assert over.status_code == 400


def test_an_inquiry_moves_nothing(shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver) -> None:
    dispute = opened(shop, simulator, inquiry=True)
    assert (dispute.status, moved(dispute)) == ("warning_needs_response", [])
    shop.v1.refunds.create({"charge": str(dispute.charge), "amount": 1000})
    simulator.control("dispute", press="win", dispute=dispute.id)
    assert shop.v1.disputes.retrieve(dispute.id).status == "warning_closed"
    simulator.until(lambda: "charge.dispute.closed" in receiver.types())
    assert not any("funds" in kind for kind in events(receiver))


def test_a_dispute_is_about_what_was_not_refunded(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    charge = settled(shop, simulator)
    shop.v1.refunds.create({"charge": charge.id, "amount": 50000})
    assert simulator.control("dispute", charge=charge.id)["amount"] == 100000
    assert simulator.control("dispute", charge=charge.payment_intent, amount=2500)["amount"] == 2500


def test_a_disputed_card_that_was_refunded_in_full_is_left_alone(
    shop: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    simulator.control("settings", dispute_seconds=600)
    shop.v1.refunds.create({"payment_intent": paid_session(shop, DISPUTED).payment_intent.id})
    simulator.advance(605)
    simulator.until(lambda: shop.v1.charges.list().data[0].balance_transaction)
    assert shop.v1.disputes.list().data == []


def test_a_refund_made_in_the_dashboard_is_heard_of(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    charge = settled(shop, simulator)
    made = simulator.control("refund", charge=charge.id, amount=40000)
    assert (made["amount"], made["status"]) == (40000, "succeeded")
    simulator.until(lambda: {"refund.created", "charge.refunded"} <= set(receiver.types()))
    [told] = [one.json for one in receiver.got if one.json["type"] == "refund.created"]
    assert told["request"] == {"id": None, "idempotency_key": None}
    assert told["data"]["object"]["metadata"] == {}
    over = simulator.http.post(f"{simulator.base_url}/_sim/refund", json={"charge": charge.id, "amount": 999999})
    assert over.status_code == 400
    assert simulator.control("refund", charge=charge.payment_intent)["amount"] == 110000


def test_a_refund_of_the_dashboard_may_fail_as_well(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    charge = settled(shop, simulator, REFUND_FAILS)
    simulator.control("refund", charge=charge.id)
    simulator.advance(2.1)
    simulator.until(lambda: "refund.failed" in receiver.types())
    entries = shop.v1.balance_transactions.list().data
    assert [entry.type for entry in entries] == ["refund_failure", "refund", "charge"]
