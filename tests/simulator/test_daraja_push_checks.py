"""What a push is refused for, and in which order."""

from typing import Any

import pytest

from tests.simulator.daraja_client import PUSH, Daraja
from tests.simulator_process import SimulatorProcess

LOCAL = "http://127.0.0.1:9/hooks"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"TransactionDesc": ""}, "Remarks"),
        ({"TransactionDesc": None}, "Remarks"),
        ({"TransactionDesc": "longer than thirteen"}, "Remarks"),
        ({"AccountReference": None}, "AccountReference"),
        ({"AccountReference": "ABCDEFGHIJKLM"}, "AccountReference"),
        ({"AccountReference": "A&B"}, "AccountReference"),
        ({"Timestamp": "2026-11-21 10:00"}, "Timestamp"),
        ({"TransactionType": "PayUp"}, "TransactionType"),
        ({"CallBackURL": "ftp://127.0.0.1/x"}, "CallBackURL"),
        ({"CallBackURL": "not a url"}, "CallBackURL"),
        ({"CallBackURL": f"{LOCAL}/mpesa/cb/"}, "CallBackURL"),
        ({"CallBackURL": f"{LOCAL}/M-PESA/"}, "CallBackURL"),
        ({"CallBackURL": f"{LOCAL}/safaricom/"}, "CallBackURL"),
        ({"CallBackURL": f"{LOCAL}/mysql/"}, "CallBackURL"),
        ({"CallBackURL": f"{LOCAL}/executive/"}, "CallBackURL"),
        ({"CallBackURL": f"{LOCAL}/?query=1"}, "CallBackURL"),
        ({"CallBackURL": f"{LOCAL}/cmd/"}, "CallBackURL"),
        ({"Amount": 0}, "Amount"),
        ({"Amount": -5}, "Amount"),
        ({"Amount": 10.5}, "Amount"),
        ({"Amount": "10.5"}, "Amount"),
        ({"Amount": True}, "Amount"),
        ({"Amount": 250_001}, "Amount"),
        ({"PhoneNumber": "0712345678"}, "PhoneNumber"),
        ({"PhoneNumber": "+254712345678"}, "PhoneNumber"),
        ({"PhoneNumber": "254812345678"}, "PhoneNumber"),
        ({"PhoneNumber": "25471234567"}, "PhoneNumber"),
        ({"PartyA": "254612345678"}, "PartyA"),
    ],
)
def test_a_bad_field_is_named(daraja: Daraja, changes: dict[str, Any], field: str) -> None:
    answer = daraja.push(**changes)
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "400.002.02"
    assert answer.json()["errorMessage"] == f"Bad Request - Invalid {field}"
    assert set(answer.json()) == {"requestId", "errorCode", "errorMessage"}


def test_numbers_may_come_as_text_and_safaricoms_newer_numbers_are_known(daraja: Daraja) -> None:
    assert daraja.push("254112345678", "250000").status_code == 200


def test_a_loopback_callback_is_taken(daraja: Daraja) -> None:
    assert daraja.push(CallBackURL="http://localhost:9/hooks/sc/x/").status_code == 200


def test_the_password_is_recomputed(daraja: Daraja) -> None:
    answer = daraja.post(PUSH, daraja.body() | daraja.signed(passkey="other"))
    assert (answer.status_code, answer.json()["errorCode"]) == (500, "500.001.1001")
    assert answer.json()["errorMessage"] == "Wrong credentials"
    answer = daraja.post(PUSH, daraja.body() | {"Timestamp": "20261121101010"})
    assert answer.json()["errorMessage"] == "Wrong credentials"


def test_an_unknown_shortcode_is_no_merchant(daraja: Daraja) -> None:
    answer = daraja.post(PUSH, daraja.body() | daraja.signed(shortcode="600000"))
    assert answer.json()["errorMessage"] == "Merchant does not exist"


def test_the_body_is_looked_at_before_the_token_and_the_token_before_the_fields(daraja: Daraja) -> None:
    daraja.token = "dead"
    assert daraja.post(PUSH, {}).json()["errorCode"] == "404.001.03"
    answer = daraja.http.post(PUSH, content=b"Amount=1", headers={"Authorization": "Bearer dead"})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "400.002.05")
    broken = daraja.http.post(PUSH, content=b"{", headers={"Content-Type": "application/json"})
    assert broken.json()["errorCode"] == "400.002.05"
    assert daraja.post(PUSH, [1]).json()["errorCode"] == "400.002.05"


def test_the_credentials_are_checked_before_the_url_and_the_url_before_the_amount(daraja: Daraja) -> None:
    wrong = daraja.body(Amount=0, CallBackURL="x")
    assert daraja.post(PUSH, wrong | {"Password": "x"}).json()["errorMessage"] == "Wrong credentials"
    assert daraja.post(PUSH, wrong).json()["errorMessage"] == "Bad Request - Invalid CallBackURL"


def test_one_prompt_per_handset(daraja: Daraja, simulator: SimulatorProcess) -> None:
    daraja.accepted("254712345678", 100)
    answer = daraja.push("254712345678", 200)
    assert (answer.status_code, answer.json()["errorCode"]) == (500, "500.001.1001")
    assert "Unable to lock subscriber" in answer.json()["errorMessage"]
    assert daraja.push("254712345679", 200).status_code == 200
    simulator.advance(61)
    assert daraja.push("254712345678", 200).status_code == 200
