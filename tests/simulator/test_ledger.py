"""What the providers believe: every movement, and sums that explain what is held."""

from typing import Any

import stripe

from tests.simulator.checkouts import REFUND_FAILS
from tests.simulator.daraja_client import B2C_SHORTCODE, Daraja
from tests.simulator.receiver import Receiver
from tests.simulator.results import result_of
from tests.simulator.sellers import ready, settled
from tests.simulator_process import SHORTCODE, SimulatorProcess


def held_by(row: dict[str, int]) -> int:
    """Recompute what Stripe holds from its movements."""
    came = row["taken"] + row["reinstated"]
    left = sum(row[name] for name in ("refunded", "disputed", "transferred", "paid_out", "fees", "dispute_fees"))
    return came - left


def test_everything_at_stripe_adds_up(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    account = ready(shop)
    first, second, third = (settled(shop, simulator) for _ in range(3))
    failing = settled(shop, simulator, REFUND_FAILS)
    made = shop.v1.transfers.create(
        {"amount": 90000, "currency": "kes", "destination": account.id, "source_transaction": first.id}
    )
    shop.v1.transfers.reversals.create(made.id, {"amount": 20000})
    shop.v1.refunds.create({"charge": first.id, "amount": 30000})
    shop.v1.refunds.create({"charge": failing.id})
    won, lost = (simulator.control("dispute", charge=one.id)["dispute"] for one in (second, third))
    simulator.control("dispute", press="win", dispute=won)
    simulator.control("dispute", press="lose", dispute=lost)
    shop.v1.payouts.create({"amount": 10000, "currency": "kes"})
    simulator.advance(2.1)
    simulator.until(lambda: shop.v1.refunds.list().data[0].status == "failed")
    book: Any = simulator.look("ledger")
    row = book["totals"]["stripe"]["KES"]
    assert row == {
        "taken": 600000, "refunded": 30000, "disputed": 300000, "reinstated": 150000, "transferred": 70000,
        "paid_out": 10000, "fees": 4 * 4380, "dispute_fees": 3000, "unsettled": 0, "holds": row["holds"],
    }  # fmt: skip
    assert row["holds"] == held_by(row)
    balance = shop.v1.balance.retrieve()
    assert row["holds"] == sum(part.amount for part in [*balance.available, *balance.pending])
    [moved] = book["transfers"]
    assert (moved["amount_minor"], moved["reversed_minor"], moved["destination"]) == (90000, 20000, account.id)
    assert [one["amount_minor"] for one in book["transfer_reversals"]] == [20000]
    told = {one["id"]: (one["status"], one["withdrawn_minor"], one["reinstated_minor"]) for one in book["disputes"]}
    assert told == {won: ("won", 150000, 150000), lost: ("lost", 150000, 0)}
    assert [one["status"] for one in book["bank_payouts"]] == ["paid"]
    assert len(book["payments"]) == 4  # what the account received is no payment of ours


def test_a_charge_whose_funds_have_not_settled_is_said(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    simulator.control("settings", settle_seconds=1000)
    intent = shop.v1.payment_intents.create(
        {"amount": 150000, "currency": "kes", "payment_method": "pm_card_visa", "confirm": True}
    )
    row = simulator.look("ledger")["totals"]["stripe"]["KES"]
    assert (intent.status, row["unsettled"], row["taken"], row["holds"]) == ("succeeded", 150000, 0, 0)


def test_everything_at_mpesa_adds_up(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    daraja.accepted("254712345000", 1500)
    simulator.advance(1.1)
    simulator.until(lambda: simulator.look("prompts", state="final"))
    receipt = simulator.control("paybill", msisdn="254708374149", amount=700, account="X")["receipt"]
    daraja.reverse(receipt, 700)
    back = result_of(simulator, receiver).result["TransactionID"]
    daraja.send("payout-1", amount=1000)
    paid = result_of(simulator, receiver).result["TransactionID"]
    simulator.control("float", utility_minor=100_00)
    book: Any = simulator.look("ledger")
    sums = book["totals"]["daraja"]
    assert sums[SHORTCODE] == {
        "opening": 0, "taken": 220000, "reversed": 70000, "sent": 0, "fees": 0, "moved_in": 0, "moved_out": 0,
        "holds": 150000,
    }  # fmt: skip
    row = sums[B2C_SHORTCODE]
    assert (row["sent"], row["fees"], row["holds"]) == (100000, 500, 10000)
    assert row["opening"] - row["sent"] - row["fees"] + row["moved_in"] - row["moved_out"] == row["holds"]
    [payout], [reversal] = book["payouts"], book["reversals"]
    assert (payout["id"], payout["originator_conversation_id"], payout["fee_minor"]) == (paid, "payout-1", 500)
    assert (reversal["id"], reversal["original"], reversal["amount_minor"]) == (back, receipt, 70000)
    reversed_by = {one["id"]: (one["reversed_by"], one["refunded_minor"]) for one in book["payments"]}
    assert reversed_by[receipt] == (back, 70000)
