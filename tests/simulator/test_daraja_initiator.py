"""Reversal, transaction status, account balance: acknowledged at once, answered to ResultURL."""

from typing import Any

import pytest

from tests.simulator.daraja_client import B2C_SHORTCODE, Daraja
from tests.simulator.receiver import Receiver
from tests.simulator.results import TIMEOUT, result_of
from tests.simulator_process import SHORTCODE, SimulatorProcess


def paid(daraja: Daraja, simulator: SimulatorProcess, phone: str = "254712345000", amount: int = 1500) -> str:
    """Pay a prompt and return the receipt."""
    checkout = daraja.accepted(phone, amount)
    simulator.advance(1.1)
    return str(simulator.until(lambda: simulator.look("prompts", state="final", id=checkout))[0]["receipt"])


def test_a_payment_is_reversed_once_and_in_full(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    receipt = paid(daraja, simulator)
    assert daraja.reverse(receipt).json()["ResponseCode"] == "0"
    done = result_of(simulator, receiver)
    assert (done.result["ResultCode"], done.told["OriginalTransactionID"]) == (0, receipt)
    assert done.result["TransactionID"] not in ("", receipt)
    assert (done.told["Amount"], done.told["Charge"]) == (1500, 0)
    assert done.told["CreditPartyPublicName"].startswith("254712345000 - ")
    daraja.reverse(receipt)
    assert result_of(simulator, receiver).result["ResultCode"] == "R000001"


def test_part_of_a_payment_cannot_be_reversed(daraja: Daraja, simulator: SimulatorProcess) -> None:
    answer = daraja.reverse(paid(daraja, simulator), amount=1499)
    assert (answer.status_code, answer.json()["errorMessage"]) == (400, "Bad Request - Invalid Amount")


@pytest.mark.parametrize("receipt", ["XXXXXXXXXX", "b2c", "other shortcode"])
def test_only_what_came_to_us_can_be_reversed(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, receipt: str
) -> None:
    changes: dict[str, Any] = {}
    if receipt == "b2c":
        daraja.send("payout-1")
        receipt = result_of(simulator, receiver).told["TransactionReceipt"]
        changes = {"ReceiverParty": B2C_SHORTCODE}
    elif receipt == "other shortcode":
        receipt, changes = paid(daraja, simulator), {"ReceiverParty": "600000"}
    daraja.reverse(receipt, **changes)
    assert result_of(simulator, receiver).result["ResultCode"] == "R000002"


def test_money_that_was_swept_away_cannot_be_reversed(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    receipt = paid(daraja, simulator)
    simulator.control("float", shortcode=SHORTCODE, utility_minor=1499_00)
    daraja.reverse(receipt)
    failed = result_of(simulator, receiver).result
    assert failed["ResultCode"] == 1
    assert "ResultParameters" not in failed
    simulator.control("float", shortcode=SHORTCODE, utility_minor=1500_00)
    daraja.reverse(receipt)
    assert result_of(simulator, receiver).result["ResultCode"] == 0


def test_an_ordered_outcome_of_a_reversal(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    receipt = paid(daraja, simulator)
    simulator.control("next", api="reversal", outcome="2006")
    daraja.reverse(receipt)
    assert result_of(simulator, receiver).result["ResultCode"] == 2006
    simulator.control("next", api="reversal", outcome="queue_timeout")
    daraja.reverse(receipt)
    simulator.advance(1.1)
    simulator.until(lambda: receiver.at(TIMEOUT))
    simulator.advance(91)
    assert result_of(simulator, receiver).result["ResultCode"] == 0


@pytest.mark.parametrize("identifier", ["4", None])
def test_the_identifier_type_of_a_reversal_is_11(daraja: Daraja, identifier: Any) -> None:
    answer = daraja.reverse("XXXXXXXXXX", RecieverIdentifierType=identifier)
    assert answer.json()["errorMessage"] == "Bad Request - Invalid RecieverIdentifierType"


def test_a_payout_can_be_asked_about_by_its_id_and_by_its_receipt(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    daraja.send("payout-1", amount=1500)
    receipt = result_of(simulator, receiver).told["TransactionReceipt"]
    for question in ({"OriginalConversationID": "payout-1"}, {"TransactionID": receipt}):
        daraja.status(**question)
        answer = result_of(simulator, receiver)
        assert answer.result["ResultCode"] == 0
        assert answer.told["TransactionStatus"] == "Completed"
        assert (answer.told["ReceiptNo"], answer.told["Amount"]) == (receipt, "1500")
        assert answer.told["DebitPartyCharges"] == "Fee For B2C Payment|KES|5.00"
        assert answer.told["OriginatorConversationID"] == "payout-1"
        names = [row for row in answer.result["ResultParameters"]["ResultParameter"] if row["Key"] == "DebitPartyName"]
        assert len(names) == 2


def test_what_is_under_way_or_failed_says_so(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    daraja.send("stuck", "254712345500")
    daraja.send("failed", "254712345040")
    result_of(simulator, receiver)
    for originator, status in (("stuck", "Initiated"), ("failed", "Declined")):
        daraja.status(OriginalConversationID=originator)
        answer = result_of(simulator, receiver)
        assert (answer.result["ResultCode"], answer.told["TransactionStatus"]) == (0, status)
        assert answer.told["ReceiptNo"] is None


def test_a_payment_of_a_customer_can_be_asked_about(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    receipt = paid(daraja, simulator)
    daraja.status(TransactionID=receipt, PartyA=SHORTCODE)
    answer = result_of(simulator, receiver)
    assert (answer.told["TransactionStatus"], answer.told["Amount"]) == ("Completed", "1500")
    daraja.status(TransactionID=receipt)  # another shortcode's
    assert result_of(simulator, receiver).result["ResultCode"] == 25
    daraja.status(TransactionID="XXXXXXXXXX")
    assert result_of(simulator, receiver).result["ResultCode"] == 25
    assert daraja.status().json()["errorMessage"] == "Bad Request - Invalid TransactionID"


def test_the_paybill_holds_what_was_paid_and_not_given_back(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    first = paid(daraja, simulator, "254712345000", 1500)
    paid(daraja, simulator, "254712346000", 700)
    daraja.reverse(first)
    result_of(simulator, receiver)
    daraja.balance(SHORTCODE)
    told = result_of(simulator, receiver).told["AccountBalance"]
    assert "Utility Account|KES|700.00|700.00|0.00|0.00" in told


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [("status", 400, "400.003.01"), ("balance", 401, "401.002.01"), ("reverse", 404, "404.001.03")],
)
def test_dead_tokens_have_a_code_each(daraja: Daraja, ask: str, status: int, code: str) -> None:
    daraja.token = "dead"
    answer = getattr(daraja, ask)(*(["XXXXXXXXXX"] if ask == "reverse" else []))
    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)


@pytest.mark.parametrize(
    ("api", "key"), [("reversal", "Amount"), ("status", "ReceiptNo"), ("balance", "AccountBalance")]
)
def test_answers_may_be_forged(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, api: str, key: str
) -> None:
    receipt = paid(daraja, simulator)
    simulator.control("next", api=api, outcome="forged")
    if api == "reversal":
        daraja.reverse(receipt)
    elif api == "status":
        daraja.status(TransactionID=receipt, PartyA=SHORTCODE)
    else:
        daraja.balance(SHORTCODE)
    lie = result_of(simulator, receiver)
    assert lie.result["ResultCode"] == 0
    assert key in lie.told
    assert simulator.look("ledger")["reversals"] == []
