"""The phone as a person uses it, without JavaScript."""

import re

import httpx

from tests.simulator.daraja_client import Daraja
from tests.simulator.receiver import Receiver
from tests.simulator_process import SimulatorProcess


def phone(simulator: SimulatorProcess, msisdn: str = "") -> str:
    return simulator.http.get(f"{simulator.base_url}/phone/", params={"msisdn": msisdn}).text


def press(simulator: SimulatorProcess, checkout: str, button: str) -> httpx.Response:
    return simulator.http.post(f"{simulator.base_url}/phone/press", data={"id": checkout, "press": button})


def test_prompts_ring_newest_first_and_can_be_paid(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    assert "No prompt" in phone(simulator)
    daraja.accepted("254712345678", 1500, AccountReference="OLDER")
    newer = daraja.accepted("254712345679", 2500, AccountReference="NEWER")
    page = phone(simulator)
    assert page.index("NEWER") < page.index("OLDER")
    assert "KES 2,500" in page
    assert "SOKONI" in page
    assert "NEWER" not in phone(simulator, "254712345678")
    assert press(simulator, newer, "pay").headers["location"] == "/phone/"
    [callback] = simulator.until(lambda: receiver.got)
    receipt = callback.items["MpesaReceiptNumber"]
    assert f"{receipt} confirmed" in phone(simulator)
    assert newer not in phone(simulator)


def test_every_button_has_a_name_of_its_own(daraja: Daraja, simulator: SimulatorProcess) -> None:
    for last in "678":
        daraja.accepted(f"25471234567{last}", 1000 + int(last))
    buttons = re.findall(r"<button type=\"submit\" name=\"press\"[^>]*>(.*?)</button>", phone(simulator))
    assert len(buttons) == 12
    assert len(set(buttons)) == 12


def test_scripted_numbers_do_not_ring(daraja: Daraja, simulator: SimulatorProcess) -> None:
    daraja.accepted("254712345000")
    assert "No prompt" in phone(simulator)


def test_a_late_press_changes_nothing(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    checkout = daraja.accepted()
    press(simulator, checkout, "cancel")
    answer = press(simulator, checkout, "pay")
    assert answer.status_code == 303
    assert "gone" in answer.headers["location"]
    simulator.until(lambda: receiver.got)
    assert daraja.query(checkout).json()["ResultCode"] == "1032"
    assert simulator.look("ledger")["payments"] == []


def test_the_pages_need_no_inline_code(simulator: SimulatorProcess) -> None:
    for path in ("/", "/phone/", "/payments/"):
        answer = simulator.http.get(simulator.base_url + path)
        assert answer.status_code == 200
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text
        for link in re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text):
            assert simulator.http.get(simulator.base_url + link).status_code == 200


def test_a_number_typed_by_a_stranger_is_escaped(simulator: SimulatorProcess) -> None:
    assert "<script>x" not in phone(simulator, '"><script>x')
