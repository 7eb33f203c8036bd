"""What happened before the simulator began: believed with its own times, told to nobody, and gone on with."""

import time
from copy import deepcopy
from typing import Any

import httpx
import pytest
import stripe

from tests.simulator.daraja_client import B2C_SHORTCODE, Daraja
from tests.simulator.receiver import Receiver
from tests.simulator.results import result_of
from tests.simulator.test_ledger import held_by
from tests.simulator_process import SHORTCODE, SimulatorProcess

DAY = 86400
NOW = time.time()
PAST: dict[str, Any] = {
    "payments": [
        {"kind": "card", "id": "ch_old", "at": NOW - 9 * DAY, "amount_minor": 600000, "currency": "KES",
         "fee_minor": 17430, "payment_intent": "pi_old", "session": "cs_test_old", "reference": "ORDER1",
         "metadata": {"payment_id": "1"}, "balance_transaction": "txn_kept"},
        {"kind": "card", "id": "ch_asked", "at": NOW - 7 * DAY, "amount_minor": 4800000, "currency": "kes",
         "fee_minor": 139230, "payment_intent": "pi_asked", "session": "cs_test_asked"},
        {"kind": "stk", "id": "TKOLD00001", "at": NOW - 8 * DAY, "initiated": NOW - 8 * DAY - 20,
         "amount_minor": 150000, "msisdn": "254722000701", "reference": "ORDER2", "checkout_request_id": "ws_CO_old1",
         "merchant_request_id": "old-1"},
        {"kind": "stk", "id": "TKOLD00002", "at": NOW - 6 * DAY, "amount_minor": 90000, "msisdn": "254722000702",
         "reference": "ORDER3", "checkout_request_id": "ws_CO_old2", "merchant_request_id": "old-2"},
        {"kind": "c2b", "id": "TKOLDHAND1", "at": NOW - 5 * DAY, "amount_minor": 50000, "msisdn": "254700000419",
         "reference": "JAZZ NIGHT"},
    ],
    "refunds": [
        {"id": "re_old", "at": NOW - 4 * DAY, "amount_minor": 100000, "charge": "ch_old"},
        {"id": "re_waits", "at": NOW - DAY, "amount_minor": 200000, "charge": "ch_old", "status": "pending",
         "ends": NOW + 6 * 3600},
    ],
    "reversals": [
        {"id": "TKOLDBACK1", "at": NOW - 3 * DAY, "original": "TKOLD00002", "originator_conversation_id": "our-2",
         "conversation_id": "AG_old2"},
    ],
    "payouts": [
        {"id": "TKOLDPAID1", "at": NOW - 2 * DAY, "amount_minor": 300000, "fee_minor": 900, "msisdn": "254711000601",
         "originator_conversation_id": "payout-1", "conversation_id": "AG_old1", "reference": "payout"},
    ],
    "disputes": [
        {"id": "du_old", "at": NOW - DAY, "amount_minor": 4800000, "charge": "ch_asked", "fee_minor": 195000,
         "reason": "product_not_received", "due": NOW + 6 * DAY},
    ],
    "accounts": [{"id": "acct_old", "at": NOW - 20 * DAY, "country": "RW", "email": "makers@example.com"}],
    "transfers": [
        {"id": "tr_old", "at": NOW - DAY, "amount_minor": 5000, "currency": "KES", "destination": "acct_old",
         "transfer_group": "payout-2", "metadata": {"disbursement": "payout-2"}},
    ],
    "opening": {B2C_SHORTCODE: 1000000},
}  # fmt: skip


@pytest.fixture
def told(simulator: SimulatorProcess, receiver: Receiver) -> SimulatorProcess:
    answer = simulator.control("past", **PAST)
    assert (answer["new"], answer["known"]) == (12, 0)
    return simulator


def test_everything_is_in_the_books_with_its_own_time_and_nobody_is_called(told: SimulatorProcess) -> None:
    book: Any = told.look("ledger")
    times = {row["id"]: row["at"] for rows in book.values() if isinstance(rows, list) for row in rows}
    expected = {row["id"]: row["at"] for rows in PAST.values() if isinstance(rows, list) for row in rows}
    del expected["acct_old"]
    assert {name: int(at) for name, at in times.items()} == {name: int(at) for name, at in expected.items()}
    assert told.look("deliveries") == []


def test_the_sums_explain_what_is_held(told: SimulatorProcess) -> None:
    totals: Any = told.look("ledger")["totals"]
    row = totals["stripe"]["KES"]
    assert row == {
        "taken": 5400000, "refunded": 100000, "disputed": 4800000, "reinstated": 0, "transferred": 5000,
        "paid_out": 0, "fees": 156660, "dispute_fees": 195000, "unsettled": 0, "holds": held_by(row),
    }  # fmt: skip
    paybill, sends = totals["daraja"][SHORTCODE], totals["daraja"][B2C_SHORTCODE]
    assert (paybill["opening"], paybill["taken"], paybill["reversed"], paybill["holds"]) == (0, 290000, 90000, 200000)
    assert (sends["opening"], sends["sent"], sends["fees"], sends["holds"]) == (1000000, 300000, 900, 699100)


def test_the_same_past_again_changes_nothing(told: SimulatorProcess) -> None:
    before: Any = told.look("ledger")
    answer = told.control("past", **PAST)
    assert (answer["new"], answer["known"]) == (0, 12)
    assert told.look("ledger") == before


def test_what_is_told_late_takes_its_place_in_the_statement(simulator: SimulatorProcess, receiver: Receiver) -> None:
    simulator.control("paybill", msisdn="254708374149", amount=700, account="X")
    simulator.control("past", **PAST)
    text = simulator.http.get(f"{simulator.base_url}/_sim/statement.csv").raise_for_status().text
    lines = [line.split(",") for line in text.splitlines()[1:]]
    assert [line[0] for line in lines[1:]] == ["TKOLDBACK1", "TKOLDHAND1", "TKOLD00002", "TKOLD00001"]
    assert [line[7] for line in lines] == ["2700.00", "2000.00", "2900.00", "2400.00", "1500.00"]


def test_an_old_charge_is_like_any_other_and_can_be_refunded(shop: stripe.StripeClient, told: SimulatorProcess) -> None:
    session = shop.v1.checkout.sessions.retrieve(
        "cs_test_old", {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    charge: Any = session.payment_intent.latest_charge  # type: ignore[union-attr]
    assert (session.payment_status, session.client_reference_id, session.amount_total) == ("paid", "ORDER1", 600000)
    assert (charge.id, charge.balance_transaction.id, charge.balance_transaction.fee) == ("ch_old", "txn_kept", 17430)
    assert charge.balance_transaction.status == "available"
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        shop.v1.refunds.create({"payment_intent": "pi_old", "amount": 300001})
    assert shop.v1.refunds.create({"payment_intent": "pi_old", "amount": 300000}).status == "succeeded"
    assert shop.v1.charges.retrieve("ch_old").refunded


def test_a_refund_that_waits_leaves_the_balance_when_it_is_done(
    shop: stripe.StripeClient, told: SimulatorProcess, receiver: Receiver
) -> None:
    waits = shop.v1.refunds.retrieve("re_waits")
    assert (waits.status, waits.pending_reason, waits.balance_transaction) == ("pending", "insufficient_funds", None)
    told.advance(6 * 3600 + 1)
    told.until(lambda: "refund.updated" in receiver.types())
    done = shop.v1.refunds.retrieve("re_waits")
    assert (done.status, bool(done.balance_transaction)) == ("succeeded", True)
    assert told.look("ledger")["totals"]["stripe"]["KES"]["refunded"] == 300000


def test_an_old_dispute_can_be_answered_and_won(
    shop: stripe.StripeClient, told: SimulatorProcess, receiver: Receiver
) -> None:
    dispute = shop.v1.disputes.retrieve("du_old")
    assert dispute.evidence_details.due_by == int(NOW + 6 * DAY)
    shop.v1.disputes.update("du_old", {"evidence": {"uncategorized_text": "Delivered."}})
    told.control("dispute", press="win", dispute="du_old")
    assert shop.v1.disputes.retrieve("du_old").status == "won"
    told.until(lambda: "charge.dispute.closed" in receiver.types())


def test_an_old_dispute_is_lost_at_its_own_deadline(shop: stripe.StripeClient, told: SimulatorProcess) -> None:
    told.advance(6 * DAY + 1)
    told.until(lambda: shop.v1.disputes.retrieve("du_old").status == "lost")


@pytest.mark.parametrize("status", ["under_review", "won", "lost", "warning_needs_response", "warning_closed"])
def test_disputes_are_as_far_as_they_were(simulator: SimulatorProcess, shop: stripe.StripeClient, status: str) -> None:
    past = deepcopy(PAST)
    past["disputes"][0] |= {"status": status, "ended": NOW - 3600}
    simulator.control("past", **past)
    assert shop.v1.disputes.retrieve("du_old").status == status
    row = simulator.look("ledger")["totals"]["stripe"]["KES"]
    assert row["holds"] == held_by(row)
    assert bool(row["reinstated"]) is (status == "won")
    assert bool(row["disputed"]) is not status.startswith("warning")


def test_a_transfer_can_be_looked_up_and_more_be_sent(shop: stripe.StripeClient, told: SimulatorProcess) -> None:
    [found] = shop.v1.transfers.list({"transfer_group": "payout-2"}).data
    assert (found.id, found.amount, found.destination) == ("tr_old", 5000, "acct_old")
    assert shop.v1.accounts.retrieve("acct_old").payouts_enabled
    shop.v1.transfers.create(
        {"amount": 5000, "currency": "kes", "destination": "acct_old", "source_transaction": "ch_old"}
    )


def test_an_old_prompt_can_be_asked_about_and_reversed_once(
    daraja: Daraja, told: SimulatorProcess, receiver: Receiver
) -> None:
    assert daraja.query("ws_CO_old1").json()["ResultCode"] == "0"
    assert daraja.reverse("TKOLD00001", 1500).status_code == 200
    assert result_of(told, receiver).result["ResultCode"] == 0
    daraja.reverse("TKOLD00002", 900)
    assert result_of(told, receiver).result["ResultCode"] == "R000001"


def test_an_old_payout_can_be_asked_about_and_is_not_made_twice(
    daraja: Daraja, told: SimulatorProcess, receiver: Receiver
) -> None:
    assert daraja.send("payout-1", "254711000601", 3000).json()["errorCode"] == "500.002.1001"
    daraja.status(OriginatorConversationID="payout-1")
    told_: Any = result_of(told, receiver).result["ResultParameters"]["ResultParameter"]
    assert {"Key": "ReceiptNo", "Value": "TKOLDPAID1"} in told_


def broken(**changes: Any) -> dict[str, Any]:
    """The past with its first payment changed; None takes a field away."""
    past = deepcopy(PAST)
    row = past["payments"][0] | changes
    past["payments"][0] = {name: value for name, value in row.items() if value is not None}
    return past


@pytest.mark.parametrize(
    ("past", "says"),
    [
        (broken(amont_minor=1), "amont_minor"),
        (broken(fee_minor=None), "fee_minor"),
        (broken(amount_minor="600000"), "amount_minor"),
        (broken(amount_minor=0), "amount_minor"),
        (broken(kind="cash"), "card, stk, c2b"),
        (broken(currency="xyz"), "xyz"),
        (broken(at=NOW + DAY), "ahead"),
        (PAST | {"refunds": [PAST["refunds"][0] | {"amount_minor": 600001}]}, "more than what is left"),
        (PAST | {"payments": [PAST["payments"][2] | {"amount_minor": 150050}]}, "shillings"),
        (PAST | {"opening": {B2C_SHORTCODE: -1}}, "cents"),
        (PAST | {"debts": []}, "unknown: debts"),
    ],
)
def test_a_past_that_is_not_understood_is_refused_whole(
    simulator: SimulatorProcess, past: dict[str, Any], says: str
) -> None:
    answer = simulator.http.post(f"{simulator.base_url}/_sim/past", json=past)
    assert (answer.status_code, says in answer.text) == (400, True), answer.text
    assert simulator.look("ledger")["payments"] == []


def test_a_refund_of_what_nobody_told_of_is_not_found(simulator: SimulatorProcess) -> None:
    answer = simulator.http.post(f"{simulator.base_url}/_sim/past", json=PAST | {"payments": []})
    assert (answer.status_code, "TKOLD00002" in answer.text or "ch_" in answer.text) == (404, True)


def test_a_file_is_believed_before_anything_is_served_and_again_after_a_restart(tmp_path: Any) -> None:
    file = tmp_path / "past.json"
    file.write_text(httpx.Request("POST", "http://x", json=PAST).content.decode())
    with SimulatorProcess().start(past=str(file), test_control=False) as simulator:
        assert len(simulator.look("ledger")["payments"]) == 5
        simulator.stop()
        simulator.start(past=str(file))
        assert len(simulator.look("ledger")["payments"]) == 5


def test_a_file_that_says_nothing_keeps_nobody_from_paying(tmp_path: Any) -> None:
    with SimulatorProcess().start(past=str(tmp_path / "none.json")) as simulator:
        assert simulator.look("ledger")["payments"] == []
