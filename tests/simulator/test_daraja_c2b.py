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


def by_hand(simulator: SimulatorProcess, **typed: str) -> Any:
    """Fill in the phone's paybill menu."""
    form = {"msisdn": "254708374149", "shortcode": SHORTCODE, "account": "ORDER1", "amount": "750"} | typed
    return simulator.http.post(f"{simulator.base_url}/phone/paybill", data=form)


def test_a_person_pays_the_paybill_on_the_phone(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    register(daraja, receiver)
    answer = by_hand(simulator)
    assert (answer.status_code, answer.headers["location"]) == (303, "/phone/?msisdn=254708374149")
    [asked] = receiver.at("/v/")
    [told] = simulator.until(lambda: receiver.at("/c/"))
    assert (asked.json["TransAmount"], told.json["BillRefNumber"]) == ("750.00", "ORDER1")
    page = simulator.http.get(simulator.base_url + answer.headers["location"]).text
    assert f"{told.json['TransID']} confirmed" in page
    assert "KES 750 to SOKONI, account ORDER1" in page


def test_a_bill_the_shop_rejects_is_explained_to_the_person(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    register(daraja, receiver)
    receiver.answer = (200, {"ResultCode": "C2B00012", "ResultDesc": "Rejected"})
    answer = by_hand(simulator, account="NOSUCH")
    assert answer.status_code == 422
    assert "Invalid account number (C2B00012). Nothing was taken." in answer.text
    assert 'value="NOSUCH"' in answer.text
    assert simulator.look("ledger")["payments"] == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"msisdn": "12"}, "254712345678"),
        ({"amount": "0"}, "whole shillings"),
        ({"amount": "1.5"}, "whole shillings"),
        ({"account": " "}, "account number"),
        ({"shortcode": "600000"}, "no business 600000"),
    ],
)
def test_a_bill_mistyped_is_not_paid(simulator: SimulatorProcess, typed: dict[str, str], words: str) -> None:
    answer = by_hand(simulator, **typed)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize(("default", "paid"), [("Completed", 1), ("Cancelled", 0)])
def test_the_registered_default_decides_when_the_site_cannot_answer(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, default: str, paid: int
) -> None:
    register(daraja, receiver, ResponseType=default, ValidationURL="http://127.0.0.1:9/v/")
    answer = simulator.control("paybill", msisdn="254708374149", amount=750, account="ORDER1")
    assert bool(answer["receipt"]) == bool(paid)
    assert answer["refused"] == ("" if paid else "C2B00016")
    receiver.answer = (500, {})
    assert len(simulator.look("ledger")["payments"]) == paid


def test_lost_confirmations_can_be_pulled(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    register(daraja, receiver)
    simulator.control("deliveries", action="drop", match="c2b_confirmation")
    receipts = [
        simulator.control("paybill", msisdn="254708374149", amount=100 + n, account="X")["receipt"] for n in range(3)
    ]
    window = {"ShortCode": SHORTCODE, "StartDate": "2020-08-04 8:36:00", "EndDate": "2099-01-01 0:00:00"}
    ask = "/pulltransactions/v1/query"
    assert daraja.post(ask, window | {"OffSetValue": "0"}).json()["ResponseCode"] == "1001"
    wanted = {"ShortCode": SHORTCODE, "RequestType": "Pull", "NominatedNumber": "254708374149"}
    wanted["CallBackURL"] = f"{receiver.url}/p/"
    statuses = [daraja.post("/pulltransactions/v1/register", wanted).json()["ResponseStatus"] for _ in range(2)]
    assert statuses == ["1000", "1001"]
    [rows] = daraja.post(ask, window | {"OffSetValue": "0"}).json()["Response"]
    assert [row["transactionId"] for row in rows] == receipts
    assert (rows[0]["amount"], rows[0]["billreference"]) == ("100.00", "X")
    assert rows[0]["transactiontype"] == "c2b-pay-bill-debit"
    assert len(daraja.post(ask, window | {"OffSetValue": "2"}).json()["Response"][0]) == 1
    assert daraja.post(ask, window | {"OffSetValue": "x"}).json()["errorMessage"] == "Bad Request - Invalid OffSetValue"
    simulator.advance(48 * 3600 + 1)
    daraja.authorize()
    assert daraja.post(ask, window | {"OffSetValue": "0"}).json()["Response"] == [[]]
