"""The organization's statement: every movement of the account, with the running balance."""

import csv
import io

from tests.simulator.daraja_client import B2C_SHORTCODE, Daraja
from tests.simulator.receiver import Receiver
from tests.simulator.results import result_of
from tests.simulator_process import SimulatorProcess


def rows(simulator: SimulatorProcess, **wanted: str) -> list[dict[str, str]]:
    answer = simulator.http.get(f"{simulator.base_url}/_sim/statement.csv", params=wanted)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_paybill_shows_what_came_and_what_went_back(
    daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    first = simulator.control("paybill", msisdn="254708374149", amount=1500, account="ORDER1")["receipt"]
    simulator.control("paybill", msisdn="254708374150", amount=700, account="ORDER2")
    daraja.reverse(first)
    back = result_of(simulator, receiver).result["TransactionID"]
    newest, second, oldest = rows(simulator)
    assert (oldest["Receipt No."], oldest["Paid In"], oldest["A/C No."]) == (first, "1500.00", "ORDER1")
    assert (second["Balance"], second["Transaction Status"]) == ("2200.00", "Completed")
    assert (newest["Receipt No."], newest["Withdrawn"], newest["Linked Transaction ID"]) == (back, "1500.00", first)
    assert newest["Balance"] == "700.00"
    assert "254708374149" not in newest["Other Party Info"]


def test_a_payout_and_its_fee_share_a_receipt(daraja: Daraja, simulator: SimulatorProcess, receiver: Receiver) -> None:
    daraja.send("payout-1", amount=1500)
    daraja.send("payout-2", "254712345040")  # fails, so it leaves no line
    receipts = {result_of(simulator, receiver).result["TransactionID"] for _ in range(2)}
    fee, payout = rows(simulator, shortcode=B2C_SHORTCODE)
    assert fee["Receipt No."] == payout["Receipt No."]
    assert fee["Receipt No."] in receipts
    assert (payout["Withdrawn"], fee["Withdrawn"], fee["Balance"]) == ("1500.00", "5.00", "49998495.00")


def test_a_statement_of_some_time_only(daraja: Daraja, simulator: SimulatorProcess) -> None:
    simulator.control("paybill", msisdn="254708374149", amount=1, account="A")
    simulator.advance(3600)
    now = simulator.look("clock")["now"]
    simulator.control("paybill", msisdn="254708374149", amount=2, account="B")
    assert [row["A/C No."] for row in rows(simulator, begin=str(now))] == ["B"]
    assert [row["A/C No."] for row in rows(simulator, end=str(now))] == ["A"]
    with_heading = simulator.http.get(f"{simulator.base_url}/_sim/statement.csv?preamble=1").text
    assert with_heading.startswith("Account Holder:,SOKONI")
