"""The pages for payments and sellers, as a person uses them, without JavaScript."""

import re
from typing import Any

import httpx
import pytest
import stripe

from tests.simulator.daraja_client import Daraja
from tests.simulator.receiver import Receiver
from tests.simulator.results import result_of
from tests.simulator.sellers import ready, settled
from tests.simulator_process import SimulatorProcess


def page(simulator: SimulatorProcess, path: str) -> str:
    return simulator.http.get(simulator.base_url + path).raise_for_status().text


def press(simulator: SimulatorProcess, **form: str) -> httpx.Response:
    return simulator.http.post(f"{simulator.base_url}/payments/act", data=form)


def test_a_card_payment_is_refunded_in_part_and_then_disputed(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    charge = settled(shop, simulator, client_reference_id="ORD42")
    assert press(simulator, press="refund", charge=charge.id, amount="500.00").headers["location"] == "/payments/"
    assert shop.v1.charges.retrieve(charge.id).amount_refunded == 50000
    shown = page(simulator, "/payments/")
    assert "refunded KES 500.00" in shown
    assert press(simulator, press="dispute", charge=charge.id).status_code == 303
    [dispute] = shop.v1.disputes.list().data
    assert dispute.amount == 100000
    assert "needs response" in page(simulator, "/payments/")
    press(simulator, press="submit", dispute=dispute.id)
    assert "under review" in page(simulator, "/payments/")
    press(simulator, press="win", dispute=dispute.id)
    assert shop.v1.disputes.retrieve(dispute.id).status == "won"
    assert "Seller wins" not in page(simulator, "/payments/")
    simulator.until(lambda: "charge.dispute.funds_reinstated" in receiver.types())


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"press": "refund", "amount": "many"}, "in digits"),
        ({"press": "refund", "amount": "0.001"}, "too fine"),
        ({"press": "refund", "amount": "9999"}, "greater than unrefunded"),
        ({"press": "dispute", "amount": "9999"}, "nothing left to dispute"),
        ({"press": "refund", "charge": "ch_none"}, "There is no ch_none"),
        ({"press": "win", "dispute": "du_none"}, "There is no du_none"),
        ({"press": "dance"}, "press is one of"),
    ],
)
def test_a_button_that_cannot_be_pressed_says_why(
    shop: stripe.StripeClient, simulator: SimulatorProcess, form: dict[str, str], words: str
) -> None:
    answer = press(simulator, **({"charge": settled(shop, simulator).id} | form))
    assert answer.status_code == 422
    assert words in answer.text


def test_what_sellers_were_sent_is_listed_and_on_their_phone(
    daraja: Daraja, shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    daraja.send("payout-1", "254712345678", 12500)
    receipt = result_of(simulator, receiver).result["TransactionID"]
    account, charge = ready(shop, email="seller@example.com"), settled(shop, simulator)
    wish: Any = {"amount": 90000, "currency": "kes", "destination": account.id, "source_transaction": charge.id}
    made = shop.v1.transfers.create(wish)
    sellers = page(simulator, "/sellers/")
    for words in (receipt, "KES 12,500.00", made.id, "KES 900.00", "seller@example.com", "can be paid", "KES 49,987,"):
        assert words in sellers
    assert "You have received KES 12,500 from SOKONI" in page(simulator, "/phone/?msisdn=254712345678")
    assert "12,500" not in page(simulator, "/phone/?msisdn=254712345679")
    assert "KES 900.00" in page(simulator, f"/stripe/connect/account/{account.id}")
    simulator.control("settings", payout_seconds=600)
    paid = simulator.http.post(f"{simulator.base_url}/sellers/payout", data={"currency": "kes"})
    assert paid.status_code == 303
    assert "in transit" in page(simulator, "/sellers/")
    again = simulator.http.post(f"{simulator.base_url}/sellers/payout", data={"currency": "kes"})
    assert (again.status_code, "nothing is available" in again.text) == (422, True)


def test_every_button_of_the_pages_has_a_name_of_its_own(
    shop: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    for _ in range(2):
        simulator.control("dispute", charge=settled(shop, simulator).id)
    shown = page(simulator, "/payments/")
    buttons = re.findall(r"<button type=\"submit\" name=\"press\"[^>]*>(.*?)</button>", shown)
    assert len(buttons) == len(set(buttons)) == 12


def test_the_pages_need_no_inline_code(simulator: SimulatorProcess) -> None:
    for path in ("/payments/", "/sellers/"):
        answer = simulator.http.get(simulator.base_url + path)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert " style=" not in answer.text
