"""C2B: register, pay by hand, and the confirmation behind an STK push."""

from typing import Any

import pytest

from tests.simulator.daraja_client import Daraja
from tests.simulator.receiver import Receiver
from tests.simulator_process import SHORTCODE, SimulatorProcess

REGISTER, SIMULATE = "/mpesa/c2b/v2/registerurl", "/mpesa/c2b/v2/simulate"


def register(daraja: Daraja, receiver: Receiver, code: str = SHORTCODE, **changes: Any) -> Any:
    body = {"ShortCode": code, "ResponseType": "Completed", "ConfirmationURL": f"{receiver.url}/c/"}
    return daraja.post(REGISTER, body | {"ValidationURL": f"{receiver.url}/v/"} | changes)


def pay(daraja: Daraja, code: str = SHORTCODE) -> Any:
    body = {"ShortCode": code, "CommandID": "CustomerPayBillOnline", "Amount": 5, "Msisdn": 254708374149}
    return daraja.post(SIMULATE, body | {"BillRefNumber": "ORDER1"})


def test_urls_are_registered_once(daraja: Daraja, receiver: Receiver) -> None:
    answer = register(daraja, receiver)
    assert (answer.status_code, answer.json()["ResponseCode"]) == (200, "0")
    assert "OriginatorCoversationID" in answer.json()  # sic
    again = register(daraja, receiver)
    assert (again.status_code, again.json()["errorMessage"]) == (500, "URLs are already registered")


@pytest.mark.parametrize(
    ("changes", "field"), [({"ResponseType": "Yes"}, "ResponseType"), ({"ConfirmationURL": "x"}, "ConfirmationURL")]
)
def test_bad_registrations_are_refused(daraja: Daraja, receiver: Receiver, changes: Any, field: str) -> None:
    assert register(daraja, receiver, **changes).json()["errorMessage"] == f"Bad Request - Invalid {field}"
    daraja.token = "dead"
    assert register(daraja, receiver).json()["errorCode"] == "400.003.01"


def test_a_payment_by_hand_is_validated_then_confirmed(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    register(daraja, receiver)
    receiver.answer = (200, {"ResultCode": "0", "ResultDesc": "Accepted", "ThirdPartyTransID": "T1"})
    assert pay(daraja).json()["ResponseCode"] == "0"
    [asked] = receiver.at("/v/")
    assert (asked.json["OrgAccountBalance"], asked.json["TransAmount"]) == ("", "5.00")
    [told] = simulator.until(lambda: receiver.at("/c/"))
    assert (told.json["TransID"], told.json["BillRefNumber"]) == (asked.json["TransID"], "ORDER1")
    assert (told.json["ThirdPartyTransID"], told.json["MSISDN"]) == ("T1", "2547 ***** 149")
    assert told.json["OrgAccountBalance"] == "5.00"
    assert [row["kind"] for row in simulator.look("ledger")["payments"]] == ["c2b"]


def test_a_rejected_payment_never_happened(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    register(daraja, receiver)
    receiver.answer = (200, {"ResultCode": "C2B00012", "ResultDesc": "Rejected"})
    pay(daraja)
    simulator.advance(1)
    assert receiver.at("/c/") == []
    assert simulator.look("ledger")["payments"] == []


def test_a_paid_push_is_confirmed_as_well(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    register(daraja, receiver)
    daraja.accepted("254712345000", 1500, AccountReference="ORDER9")
    simulator.advance(2)
    [told] = simulator.until(lambda: receiver.at("/c/"))
    [callback] = simulator.until(lambda: receiver.at("/hooks/sc/token/"))
    assert told.json["TransID"] == callback.items["MpesaReceiptNumber"]
    assert (told.json["BillRefNumber"], told.json["TransAmount"]) == ("ORDER9", "1500.00")
