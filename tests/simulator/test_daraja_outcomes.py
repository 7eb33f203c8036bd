"""What becomes of a push: by the number's last digits, by order, by a person, by the clock."""

import re
from typing import Any

import pytest

from tests.simulator.daraja_client import Daraja
from tests.simulator.receiver import Receiver
from tests.simulator_process import SimulatorProcess


def final(daraja: Daraja, checkout_request_id: str) -> dict[str, Any]:
    answer = daraja.query(checkout_request_id)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def is_pending(daraja: Daraja, checkout_request_id: str) -> bool:
    answer = daraja.query(checkout_request_id)
    return answer.status_code == 500 and answer.json()["errorMessage"] == "The transaction is being processed"


@pytest.mark.parametrize(
    ("suffix", "code"),
    [("001", 1), ("032", 1032), ("037", 1037), ("019", 1019), ("025", 1025), ("201", 2001), ("026", 26), ("017", 17)],
)
def test_a_failing_number(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, suffix: str, code: int
) -> None:
    simulator.control("settings", outcome_delay=60)
    checkout = daraja.accepted(f"254712345{suffix}")
    assert is_pending(daraja, checkout)
    simulator.advance(61)
    [callback] = simulator.until(lambda: receiver.got)
    assert callback.callback["ResultCode"] == code
    assert callback.callback["CheckoutRequestID"] == checkout
    assert "CallbackMetadata" not in callback.callback
    assert final(daraja, checkout)["ResultCode"] == str(code)
    assert simulator.look("ledger")["payments"] == []


def test_a_paying_number(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    answer = daraja.push("254712345000", 1500, AccountReference="ORDER7").json()
    assert answer["ResponseCode"] == "0"
    assert re.fullmatch(r"ws_CO_\d{17}712345000", answer["CheckoutRequestID"])
    simulator.advance(1.1)
    [callback] = simulator.until(lambda: receiver.got)
    assert callback.headers["X-Forwarded-For"] == "196.201.214.200"
    assert callback.callback["MerchantRequestID"] == answer["MerchantRequestID"]
    assert (callback.callback["ResultCode"], callback.items["Amount"]) == (0, 1500.0)
    assert callback.items["PhoneNumber"] == 254712345000
    assert re.fullmatch(r"[A-Z]{2}[1-9A-V][A-Z0-9]{7}", callback.items["MpesaReceiptNumber"])
    assert re.fullmatch(r"20\d{12}", str(callback.items["TransactionDate"]))
    told = final(daraja, answer["CheckoutRequestID"])
    assert (told["ResponseCode"], told["ResultCode"]) == ("0", "0")
    assert not {"MpesaReceiptNumber", "Amount", "PhoneNumber"} & set(told)
    [row] = simulator.look("ledger")["payments"]
    assert (row["amount_minor"], row["currency"], row["reference"]) == (150000, "KES", "ORDER7")
    assert row["id"] == callback.items["MpesaReceiptNumber"]


def test_a_number_whose_query_keeps_saying_pending(daraja: Daraja, simulator: SimulatorProcess) -> None:
    checkout = daraja.accepted("254712345500")
    simulator.advance(86400)
    daraja.authorize()
    assert is_pending(daraja, checkout)
    simulator.control("settings", query_pending="4999")
    assert final(daraja, checkout)["ResultCode"] == "4999"
    assert simulator.look("deliveries") == []


def test_a_number_whose_callback_never_arrives(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    checkout = daraja.accepted("254712345404")
    simulator.advance(1.1)
    simulator.until(lambda: simulator.look("ledger")["payments"])
    assert final(daraja, checkout)["ResultCode"] == "0"
    assert (receiver.got, simulator.look("deliveries")) == ([], [])


def test_a_number_whose_callback_comes_twice(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    daraja.accepted("254712345222")
    simulator.advance(1.1)
    simulator.until(lambda: len(receiver.got) == 2)
    assert receiver.got[0].raw == receiver.got[1].raw
    assert len(simulator.look("ledger")["payments"]) == 1


def test_a_number_whose_callback_comes_before_the_answer(daraja: Daraja, receiver: Receiver) -> None:
    checkout = daraja.accepted("254712345333")
    assert [one.callback["CheckoutRequestID"] for one in receiver.got] == [checkout]


def test_a_number_with_a_forged_callback(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    checkout = daraja.accepted("254712345444", 1500)
    simulator.advance(1.1)
    [callback] = simulator.until(lambda: receiver.got)
    assert (callback.callback["ResultCode"], callback.items["Amount"]) == (0, 1.0)
    assert is_pending(daraja, checkout)
    assert simulator.look("ledger")["payments"] == []
    simulator.advance(60)
    simulator.until(lambda: len(receiver.got) == 2)
    assert final(daraja, checkout)["ResultCode"] == "1037"


def test_a_number_that_pays_long_after_the_timeout(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    checkout = daraja.accepted("254712345555")
    simulator.advance(1.1)
    simulator.until(lambda: simulator.look("prompts", state="final"))
    assert final(daraja, checkout)["ResultCode"] == "1037"
    assert receiver.got == []
    simulator.advance(91)
    [callback] = simulator.until(lambda: receiver.got)
    assert callback.callback["ResultCode"] == 0
    assert final(daraja, checkout)["ResultCode"] == "0"


def test_the_same_payment_again_within_two_minutes_is_rule_limited(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    def pay(amount: int) -> int:
        seen = len(receiver.got)
        daraja.accepted("254712345000", amount)
        simulator.advance(1.1)
        simulator.until(lambda: len(receiver.got) > seen)
        return int(receiver.got[-1].callback["ResultCode"])

    assert [pay(100), pay(100), pay(200)] == [0, 17, 0]
    simulator.advance(120)
    assert pay(100) == 0


@pytest.mark.parametrize(
    ("outcome", "codes"), [("fail_then_success", [1037, 0]), ("out_of_order", [0, 1037]), ("8006", [8006])]
)
def test_an_ordered_outcome_wins_over_the_number(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, outcome: str, codes: list[int]
) -> None:
    simulator.control("next", outcome=outcome, delay=0)
    daraja.accepted("254712345000")
    simulator.until(lambda: not simulator.look("prompts", state="pending"))
    simulator.advance(91)
    simulator.until(lambda: len(receiver.got) >= len(codes) - 1)
    simulator.advance(10)
    simulator.until(lambda: len(receiver.got) == len(codes))
    assert [one.callback["ResultCode"] for one in receiver.got] == codes
    daraja.accepted("254712346000")
    simulator.advance(2)
    simulator.until(lambda: len(receiver.got) == len(codes) + 1)
    assert receiver.got[-1].callback["ResultCode"] == 0


@pytest.mark.parametrize(
    ("outcome", "item", "value"),
    [("masked_phone", "PhoneNumber", "2547 ***** 678"), ("balance_without_value", "Balance", None)],
)
def test_odd_callbacks_on_order(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, outcome: str, item: str, value: Any
) -> None:
    simulator.control("next", outcome=outcome, delay=0, msisdn="254712345678")
    daraja.accepted()
    [callback] = simulator.until(lambda: receiver.got)
    assert item in callback.items
    assert callback.items[item] == value


def test_a_success_without_metadata_and_a_lying_query(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    simulator.control("next", outcome="missing_metadata", delay=0)
    daraja.accepted()
    simulator.until(lambda: len(receiver.got) == 1)
    assert receiver.got[0].callback["ResultCode"] == 0
    assert "CallbackMetadata" not in receiver.got[0].callback
    simulator.control("next", outcome="query_lies", delay=0, deliveries=3)
    checkout = daraja.accepted("254712345679")
    simulator.until(lambda: len(receiver.got) == 4)
    assert final(daraja, checkout)["ResultCode"] == "1032"
    assert len(simulator.look("ledger")["payments"]) == 2


@pytest.mark.parametrize(("press", "code"), [("pay", 0), ("cancel", 1032), ("wrong_pin", 2001)])
def test_a_person_answers_by_script(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver, press: str, code: int
) -> None:
    checkout = daraja.accepted()
    simulator.advance(30)
    assert is_pending(daraja, checkout)
    simulator.control("phone", msisdn="254712345678", press=press)
    [callback] = simulator.until(lambda: receiver.got)
    assert callback.callback["ResultCode"] == code
    assert simulator.http.post(f"{simulator.base_url}/_sim/phone", json={"press": "pay"}).status_code == 404


def test_a_prompt_ignored_or_unanswered_times_out_after_a_minute(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    ignored, waiting = daraja.accepted("254712345678"), daraja.accepted("254712345679")
    simulator.control("phone", checkout_request_id=ignored, press="ignore")
    simulator.advance(58)
    assert is_pending(daraja, ignored)
    simulator.advance(3)
    simulator.until(lambda: len(receiver.got) == 2)
    assert {one.callback["ResultCode"] for one in receiver.got} == {1037}
    assert final(daraja, waiting)["ResultCode"] == "1037"


def test_a_paybill_push_to_another_party_is_not_permitted(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    daraja.accepted("254712345000", PartyB="600000")
    simulator.advance(1.1)
    [callback] = simulator.until(lambda: receiver.got)
    assert callback.callback["ResultCode"] == 2028


def test_queries_are_refused_for_strangers_and_in_a_rush(daraja: Daraja, simulator: SimulatorProcess) -> None:
    unknown = daraja.query("ws_CO_nothing")
    assert (unknown.status_code, unknown.json()["errorMessage"]) == (500, "The transaction does not exist")
    checkout = daraja.accepted()
    simulator.control("settings", spike_per_second=1)
    answers = [daraja.query(checkout).json()["errorCode"] for _ in range(12)]
    assert "500.003.02" in answers
