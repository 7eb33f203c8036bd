"""Transfers and their reversals, payouts, and the balance behind them."""

from typing import Any

import pytest
import stripe

from tests.simulator.checkouts import GOOD
from tests.simulator.receiver import Receiver
from tests.simulator.sellers import ready, seller, settled
from tests.simulator_process import STRIPE_KEY, SimulatorProcess


def held(shop: stripe.StripeClient, account: str = "") -> dict[str, int]:
    options: Any = {"stripe_account": account} if account else {}
    balance = shop.v1.balance.retrieve({}, options)
    return {name: sum(row.amount for row in getattr(balance, name)) for name in ("available", "pending")}


def test_a_transfer_tied_to_a_charge_needs_no_available_money(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    account, charge = ready(shop), settled(shop, simulator, GOOD)
    made = shop.v1.transfers.create(
        {
            "amount": 100000, "currency": "kes", "destination": account.id, "source_transaction": charge.id,
            "transfer_group": "payout_7", "metadata": {"payout": "7"},
        },
        {"idempotency_key": "payout-7"},
    )  # fmt: skip
    assert (made.amount, made.amount_reversed, made.reversed, made.source_transaction) == (100000, 0, False, charge.id)
    assert str(made.destination_payment).startswith("py_")
    entry = shop.v1.balance_transactions.retrieve(str(made.balance_transaction))
    assert (entry.amount, entry.type, entry.source, entry.status) == (-100000, "transfer", made.id, "pending")
    assert held(shop, account.id) == {"available": 0, "pending": 100000}
    simulator.until(lambda: "transfer.created" in receiver.types())
    for wanted in ({"transfer_group": "payout_7"}, {"destination": account.id}):
        assert [row.id for row in shop.v1.transfers.list(wanted).data] == [made.id]  # type: ignore[arg-type]
    assert shop.v1.transfers.list({"transfer_group": "other"}).data == []
    again: Any = shop.v1.transfers.retrieve(made.id, {"expand": ["destination", "source_transaction"]})
    assert (again.destination.id, again.source_transaction.id) == (account.id, charge.id)
    simulator.advance(2 * 86400)
    assert held(shop, account.id) == {"available": 100000, "pending": 0}


def test_the_same_key_transfers_once(simulator: SimulatorProcess, receiver: Receiver) -> None:
    shop = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": simulator.stripe_base}, max_network_retries=2)
    account, _ = ready(shop), settled(shop, simulator)
    simulator.control("fault", kind="drop_after", provider="stripe", path="transfers")
    wish: Any = {"amount": 100000, "currency": "kes", "destination": account.id}
    first = shop.v1.transfers.create(wish, {"idempotency_key": "payout-7"})
    second = shop.v1.transfers.create(wish, {"idempotency_key": "payout-7"})
    assert first.id == second.id
    assert len(shop.v1.transfers.list().data) == 1
    with pytest.raises(stripe.IdempotencyError):
        shop.v1.transfers.create(wish | {"amount": 1}, {"idempotency_key": "payout-7"})


def test_without_a_charge_only_available_money_can_be_transferred(
    shop: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    account, charge = ready(shop), settled(shop, simulator, GOOD)
    wish: Any = {"amount": 145620, "currency": "kes", "destination": account.id}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.transfers.create(wish)
    assert caught.value.code == "balance_insufficient"
    simulator.advance(2 * 86400)
    with pytest.raises(stripe.InvalidRequestError, match="insufficient"):
        shop.v1.transfers.create(wish | {"amount": 145621})
    shop.v1.transfers.create(wish)
    assert held(shop) == {"available": 0, "pending": 0}
    assert charge.amount == 150000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"destination": "acct_none"}, "No such destination"),
        ({"currency": "usd"}, "must be the same as the"),
        ({"amount": 150001}, "exceeds what is left"),
        ({"amount": 0}, "positive integer"),
        ({"source_transaction": "ch_none"}, "No such charge"),
        ({"destnation": "x"}, "unknown parameter"),
    ],
)
def test_transfers_that_cannot_be(
    shop: stripe.StripeClient, simulator: SimulatorProcess, changes: Any, words: str
) -> None:
    wish = {"amount": 100000, "currency": "kes", "destination": ready(shop).id}
    wish["source_transaction"] = settled(shop, simulator).id
    with pytest.raises(stripe.InvalidRequestError, match=words):
        shop.v1.transfers.create(wish | changes)  # type: ignore[arg-type]


def test_an_account_that_is_not_ready_gets_nothing(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    settled(shop, simulator)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.transfers.create({"amount": 1000, "currency": "kes", "destination": seller(shop).id})
    assert caught.value.code == "insufficient_capabilities_for_transfer"


def test_transfers_of_a_charge_never_exceed_it_and_reversals_make_room(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    account, charge = ready(shop), settled(shop, simulator)
    wish: Any = {"amount": 100000, "currency": "kes", "destination": account.id, "source_transaction": charge.id}
    made = shop.v1.transfers.create(wish)
    with pytest.raises(stripe.InvalidRequestError, match="exceeds"):
        shop.v1.transfers.create(wish)
    back = shop.v1.transfers.reversals.create(made.id, {"amount": 60000, "metadata": {"why": "refund"}})
    assert (back.amount, back.transfer) == (60000, made.id)
    assert shop.v1.balance_transactions.retrieve(str(back.balance_transaction)).amount == 60000
    after = shop.v1.transfers.retrieve(made.id)
    assert (after.amount_reversed, after.reversed) == (60000, False)
    assert [row.id for row in after.reversals.data] == [back.id]
    with pytest.raises(stripe.InvalidRequestError, match="not within"):
        shop.v1.transfers.reversals.create(made.id, {"amount": 40001})
    rest = shop.v1.transfers.reversals.create(made.id)
    assert (rest.amount, shop.v1.transfers.retrieve(made.id).reversed) == (40000, True)
    assert held(shop, account.id) == {"available": 0, "pending": 0}
    assert shop.v1.transfers.reversals.retrieve(made.id, rest.id).amount == 40000
    assert len(shop.v1.transfers.reversals.list(made.id).data) == 2
    shop.v1.transfers.create(wish)
    simulator.until(lambda: receiver.types().count("transfer.reversed") == 2)


def test_what_the_seller_has_taken_out_cannot_be_reversed(
    shop: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    account, _ = ready(shop), settled(shop, simulator)
    made = shop.v1.transfers.create({"amount": 100000, "currency": "kes", "destination": account.id})
    out: Any = {"amount": 60000, "currency": "kes"}
    shop.v1.payouts.create(out, {"stripe_account": account.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.v1.transfers.reversals.create(made.id)
    assert caught.value.code == "balance_insufficient"
    shop.v1.transfers.reversals.create(made.id, {"amount": 40000})


def test_an_automatic_payout_lists_what_is_in_it(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    charge = settled(shop, simulator)
    shop.v1.refunds.create({"charge": charge.id, "amount": 50000})
    simulator.advance(2 * 86400)
    made = simulator.control("payout")
    assert made["amount"] == 95620
    rows = shop.v1.balance_transactions.list({"payout": made["payout"]}).data
    assert [row.type for row in rows] == ["payout", "refund", "charge"]
    assert sum(row.net for row in rows) == 0
    simulator.advance(2.1)
    simulator.until(lambda: "payout.paid" in receiver.types())
    assert shop.v1.payouts.retrieve(made["payout"]).status == "paid"
    assert [row.id for row in shop.v1.payouts.list({"status": "paid"}).data] == [made["payout"]]
    assert simulator.http.post(f"{simulator.base_url}/_sim/payout", json={}).status_code == 400


def test_a_payout_asked_for_may_come_back(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    settled(shop, simulator)
    with pytest.raises(stripe.InvalidRequestError, match="insufficient"):
        shop.v1.payouts.create({"amount": 145621, "currency": "kes"})
    made = shop.v1.payouts.create({"amount": 100000, "currency": "kes"})
    assert (made.status, made.automatic, made.reconciliation_status) == ("in_transit", False, "not_applicable")
    failing = simulator.control("payout", fails=True)
    simulator.advance(2.1)
    simulator.until(lambda: "payout.failed" in receiver.types())
    after = shop.v1.payouts.retrieve(failing["payout"])
    assert (after.status, after.failure_code) == ("failed", "account_closed")
    assert held(shop)["available"] == 45620


def test_balance_transactions_can_be_searched(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    charge = settled(shop, simulator)
    simulator.advance(3600)
    refund = shop.v1.refunds.create({"charge": charge.id, "amount": 50000})
    edge = refund.created
    ids = {
        "later": shop.v1.balance_transactions.list({"created": {"gte": edge}}).data,
        "before": shop.v1.balance_transactions.list({"created": {"lt": edge}}).data,
        "refunds": shop.v1.balance_transactions.list({"type": "refund"}).data,
        "of it": shop.v1.balance_transactions.list({"source": charge.id}).data,
    }
    assert {name: [row.source for row in rows] for name, rows in ids.items()} == {
        "later": [refund.id],
        "before": [charge.id],
        "refunds": [refund.id],
        "of it": [charge.id],
    }
