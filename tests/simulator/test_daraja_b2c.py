"""Money to a person's phone: accepted once per id, paid from a float that is a real number, told by a result."""

from typing import Any

import httpx
import pytest

from tests.simulator.daraja_client import B2C, Daraja
from tests.simulator.receiver import Receiver
from tests.simulator.results import RESULT, TIMEOUT, result_of
from tests.simulator_process import SimulatorProcess

FLOAT = 50_000_000.0


def float_of(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> str:
    daraja.balance()
    told = result_of(simulator, receiver).told["AccountBalance"]
    return str(next(row.split("|")[2] for row in told.split("&") if row.startswith("Utility Account")))


def test_a_payment_is_acknowledged_then_paid_then_told(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("settings", result_delay=600)
    answer = daraja.send("payout-1", "254712345678", 1500)
    assert answer.status_code == 200, answer.text
    accepted = answer.json()
    assert (accepted["OriginatorConversationID"], accepted["ResponseCode"]) == ("payout-1", "0")
    assert accepted["ConversationID"].startswith("AG_20")
    assert receiver.at(RESULT) == []
    simulator.advance(601)
    arrived = result_of(simulator, receiver)
    result, told = arrived.result, arrived.told
    assert (result["ResultCode"], result["OriginatorConversationID"]) == (0, "payout-1")
    assert result["ConversationID"] == accepted["ConversationID"]
    assert (told["TransactionAmount"], told["TransactionReceipt"]) == (1500, result["TransactionID"])
    assert told["ReceiverPartyPublicName"].startswith("254712345678 - ")
    assert told["B2CUtilityAccountAvailableFunds"] == FLOAT - 1500 - 5
    assert told["B2CChargesPaidAccountAvailableFunds"] == -5.0
    assert len(told["TransactionCompletedDateTime"]) == len("06.07.2024 22:48:52")


def test_an_id_is_good_for_one_payment_whatever_became_of_it(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    daraja.send("payout-1", "254712345040")
    again = daraja.send("payout-1")
    assert (again.status_code, again.json()["errorCode"]) == (500, "500.002.1001")
    assert again.json()["errorMessage"] == "Duplicate OriginatorConversationID."
    assert result_of(simulator, receiver).result["ResultCode"] == 2040
    assert daraja.send("payout-1").status_code == 500
    assert receiver.at(RESULT) == []


@pytest.mark.parametrize(
    ("last", "code"),
    [
        ("001", 1), ("003", "SFC_IC0003"), ("004", 4), ("008", 8), ("017", 17), ("021", 21), ("026", 26),
        ("028", 2028), ("040", 2040), ("201", 2001), ("206", 2006), ("806", 8006),
    ],
)  # fmt: skip
def test_the_last_digits_decide_how_it_fails(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, last: str, code: Any
) -> None:
    daraja.send("payout-1", f"254712345{last}")
    result = result_of(simulator, receiver).result
    assert result["ResultCode"] == code
    assert "ResultParameters" not in result
    assert result["TransactionID"] == "NLJ0000000"
    assert float_of(daraja, simulator, receiver) == f"{FLOAT:.2f}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"SecurityCredential": "bm90IGVuY3J5cHRlZA=="},
        {"SecurityCredential": "not base64"},
        {"InitiatorName": "somebody"},
    ],
)
def test_a_wrong_operator_learns_it_from_the_result(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, wrong: Any
) -> None:
    assert daraja.send("payout-1", **wrong).status_code == 200
    assert result_of(simulator, receiver).result["ResultCode"] == 2001


def test_the_password_is_encrypted_alone(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    daraja.send("payout-1", SecurityCredential=daraja.credential("simulator-initiator-password20261121093000"))
    assert result_of(simulator, receiver).result["ResultCode"] == 2001


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"Amount": "10.50"}, "Amount"),
        ({"Amount": "0"}, "Amount"),
        ({"PartyB": "0712345678"}, "PartyB"),
        ({"PartyA": "mine"}, "PartyA"),
        ({"CommandID": "Gift"}, "CommandID"),
        ({"Remarks": "x"}, "Remarks"),
        ({"Remarks": None}, "Remarks"),
        ({"Occassion": "x" * 101}, "Occassion"),
        ({"OriginatorConversationID": None}, "OriginatorConversationID"),
        ({"InitiatorName": None}, "InitiatorName"),
        ({"SecurityCredential": ""}, "SecurityCredential"),
        ({"ResultURL": "http://127.0.0.1:9/mpesa/result/"}, "ResultURL"),
        ({"QueueTimeOutURL": "nowhere"}, "QueueTimeOutURL"),
    ],
)
def test_bad_fields_are_refused_at_once(daraja: Daraja, changes: Any, field: str) -> None:
    answer = daraja.send("payout-1", **changes)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "400.002.02")
    assert answer.json()["errorMessage"] == f"Bad Request - Invalid {field}"
    assert daraja.send("payout-1").status_code == 200  # a refused request has not used up its id


@pytest.mark.parametrize(("amount", "code"), [(9, 2), (250_001, 3)])
def test_limits(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, amount: int, code: int) -> None:
    daraja.send("payout-1", amount=amount)
    assert result_of(simulator, receiver).result["ResultCode"] == code


def test_a_foreign_shortcode_pays_nobody(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    daraja.send("payout-1", PartyA="600000")
    assert result_of(simulator, receiver).result["ResultCode"] == 11


def test_the_float_runs_out(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    simulator.control("float", utility_minor=1504_00)
    daraja.send("payout-1", amount=1500)  # and a fee of 5
    assert result_of(simulator, receiver).result["ResultCode"] == 1
    simulator.control("float", utility_minor=1505_00)
    daraja.send("payout-2", amount=1500)
    assert result_of(simulator, receiver).result["ResultCode"] == 0
    assert float_of(daraja, simulator, receiver) == "0.00"


@pytest.mark.parametrize(("last", "code"), [("037", 0), ("019", 26)])
def test_a_queue_timeout_is_no_result(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, last: str, code: int
) -> None:
    daraja.send("payout-1", f"254712345{last}")
    simulator.advance(1.1)
    [notice] = simulator.until(lambda: receiver.at(TIMEOUT))
    assert notice.json["OriginatorConversationID"] == "payout-1"
    assert receiver.at(RESULT) == []
    simulator.advance(91)
    [late] = simulator.until(lambda: receiver.at(RESULT))
    assert late.result["ResultCode"] == code


def test_results_twice_early_late_lost_and_loosely_typed(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    daraja.send("early", "254712345333")
    assert receiver.at(RESULT)[0].result["OriginatorConversationID"] == "early"
    receiver.clear()
    daraja.send("twice", "254712345222")
    simulator.advance(1.1)
    simulator.until(lambda: len(receiver.at(RESULT)) == 2)
    receiver.clear()
    daraja.send("single", "254712345111")
    single = result_of(simulator, receiver).result
    assert single["ResultParameters"]["ResultParameter"]["Key"] == "TransactionReceipt"
    receiver.clear()
    simulator.control("next", api="b2c", outcome="text_code")
    daraja.send("text")
    loose = result_of(simulator, receiver).result
    assert loose["ResultCode"] == "0"
    assert isinstance(loose["ReferenceData"]["ReferenceItem"], list)
    receiver.clear()
    daraja.send("lost", "254712345404")
    daraja.send("never", "254712345500")
    daraja.send("late", "254712345555")
    simulator.advance(1.1)
    simulator.until(lambda: len(simulator.look("initiated", state="done")) == 6)
    assert receiver.at(RESULT) == []
    simulator.advance(91)
    [late] = simulator.until(lambda: receiver.at(RESULT))
    assert late.result["OriginatorConversationID"] == "late"


def test_a_forged_result_lies(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    daraja.send("payout-1", "254712345444")
    lie = result_of(simulator, receiver)
    assert (lie.result["ResultCode"], lie.told["TransactionAmount"]) == (0, 1)
    assert [row["topic"] for row in simulator.look("deliveries", state="sent")] == ["b2c_result_forged"]
    receiver.clear()
    daraja.status(OriginalConversationID="payout-1")
    assert result_of(simulator, receiver).told["TransactionStatus"] == "Declined"


def test_an_accepted_payment_whose_answer_is_lost_can_be_sent_again_safely(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("fault", kind="drop_after", path="b2c/")
    with pytest.raises(httpx.RemoteProtocolError):
        daraja.send("payout-1")
    assert daraja.send("payout-1").json()["errorMessage"] == "Duplicate OriginatorConversationID."
    assert result_of(simulator, receiver).result["ResultCode"] == 0


def test_a_dead_token_has_its_own_code(daraja: Daraja) -> None:
    daraja.token = "dead"
    answer = daraja.send("payout-1")
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "401.002.01")
    assert daraja.http.get(B2C).status_code == 405


def test_orders_for_prompts_do_not_touch_payouts(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("next", outcome="1032")
    daraja.send("payout-1")
    assert result_of(simulator, receiver).result["ResultCode"] == 0
    answer = simulator.http.post(f"{simulator.base_url}/_sim/next", json={"api": "b2c", "outcome": "1032"})
    assert answer.status_code == 400
