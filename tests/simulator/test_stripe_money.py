"""Fees, balance, refunds, disputes."""

from typing import Any

import pytest
import stripe

from tests.simulator.checkouts import DISPUTED, REFUND_FAILS, REFUND_WAITS, line, open_session, paid_session
from tests.simulator.receiver import Receiver
from tests.simulator_process import SimulatorProcess


def settled(shop: stripe.StripeClient, simulator: SimulatorProcess, charge_id: str) -> Any:
    simulator.advance(1.1)

    def entry() -> Any:
        charge: Any = shop.v1.charges.retrieve(charge_id, {"expand": ["balance_transaction"]})
        return charge.balance_transaction

    return simulator.until(entry)


def test_the_fee_is_known_a_moment_after_the_payment(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("settings", settle_seconds=600)
    charge = paid_session(shop).payment_intent.latest_charge
    assert charge.balance_transaction is None
    simulator.advance(601)
    entry = settled(shop, simulator, charge.id)
    assert (entry.amount, entry.fee, entry.net) == (150000, 4380, 145620)
    assert (entry.currency, entry.type, entry.status, entry.source) == ("kes", "charge", "pending", charge.id)
    assert [(detail.type, detail.amount) for detail in entry.fee_details] == [("stripe_fee", 4380)]
    simulator.until(lambda: "charge.updated" in receiver.types())
    balance = shop.v1.balance.retrieve()
    assert ([row.amount for row in balance.pending], balance.available) == ([145620], [])
    simulator.advance(2 * 86400)
    assert shop.v1.balance.retrieve().available[0].amount == 145620
    assert shop.v1.balance_transactions.retrieve(entry.id).status == "available"


@pytest.mark.parametrize(("currency", "amount", "fee"), [("usd", 1000, 59), ("jpy", 1000, 59), ("eur", 50, 31)])
def test_the_fee_is_rounded_half_up(
    shop: stripe.StripeClient, simulator: SimulatorProcess, currency: str, amount: int, fee: int
) -> None:
    charge = paid_session(shop, line_items=[line(amount=amount, currency=currency)]).payment_intent.latest_charge
    assert settled(shop, simulator, charge.id).fee == fee


def test_refunds_in_parts_never_exceed_the_charge(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    intent = paid_session(shop).payment_intent
    part = shop.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 100000, "reason": "requested_by_customer", "metadata": {"a": "b"}}
    )
    assert (part.status, part.amount, part.charge) == ("succeeded", 100000, intent.latest_charge.id)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        shop.v1.refunds.create({"payment_intent": intent.id, "amount": 50001})
    rest = shop.v1.refunds.create({"charge": intent.latest_charge.id, "expand": ["balance_transaction", "charge"]})
    assert (rest.amount, rest.balance_transaction.amount, rest.balance_transaction.fee) == (50000, -50000, 0)
    assert (rest.charge.refunded, rest.charge.amount_refunded) == (True, 150000)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"
    assert [row.id for row in shop.v1.refunds.list({"payment_intent": intent.id}).data] == [rest.id, part.id]
    charge = shop.v1.charges.retrieve(intent.latest_charge.id, {"expand": ["refunds"]})
    assert [row.id for row in charge.refunds.data] == [rest.id, part.id]
    simulator.until(lambda: receiver.types().count("charge.refunded") == 2)
    assert sum(row["amount_minor"] for row in simulator.look("ledger")["refunds"]) == 150000


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "payment_intent or charge"),
        ({"charge": "ch_none"}, "No such charge"),
        ({"payment_intent": "pi_none"}, "No such payment_intent"),
        ({"charge": "ch_none", "reason": "regret"}, "must be one of duplicate"),
    ],
)
def test_refunds_of_nothing_are_refused(shop: stripe.StripeClient, parameters: Any, words: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words):
        shop.v1.refunds.create(parameters)


def test_an_unpaid_intent_cannot_be_refunded(shop: stripe.StripeClient) -> None:
    intent = shop.v1.payment_intents.create({"amount": 150000, "currency": "kes"})
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        shop.v1.refunds.create({"payment_intent": intent.id})
    for amount in (0, -1):
        paid = paid_session(shop).payment_intent.id
        with pytest.raises(stripe.InvalidRequestError):
            shop.v1.refunds.create({"payment_intent": paid, "amount": amount})


@pytest.mark.parametrize(
    ("number", "first", "then", "event", "refunded"),
    [
        (REFUND_WAITS, "pending", "succeeded", "refund.updated", 150000),
        (REFUND_FAILS, "succeeded", "failed", "refund.failed", 0),
    ],
)
def test_slow_and_failing_refunds(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver,
    number: str, first: str, then: str, event: str, refunded: int,
) -> None:  # fmt: skip
    intent = paid_session(shop, number).payment_intent
    refund = shop.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == first
    simulator.advance(2.1)
    simulator.until(lambda: event in receiver.types())
    after = shop.v1.refunds.retrieve(refund.id, {"expand": ["charge"]})
    assert after.status == then
    charge: Any = after.charge
    assert charge.amount_refunded == refunded


def test_a_disputed_card_takes_the_money_back(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    intent = paid_session(shop, DISPUTED).payment_intent
    simulator.advance(2.1)
    simulator.until(lambda: "charge.dispute.created" in receiver.types())
    [dispute] = shop.v1.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 150000)
    assert dispute.balance_transactions[0].net == -151500
    assert shop.v1.charges.retrieve(intent.latest_charge.id).disputed
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        shop.v1.refunds.create({"payment_intent": intent.id})


def test_ugandan_shillings_are_whole(shop: stripe.StripeClient) -> None:
    assert open_session(shop, line_items=[line(amount=500000, currency="ugx")]).amount_total == 500000
    with pytest.raises(stripe.InvalidRequestError, match="finer"):
        open_session(shop, line_items=[line(amount=500050, currency="ugx")])
