"""What the demo tells the simulator about: rows of ours in its words, by the names both sides know."""

import datetime as dt
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from marketplace.backoffice.demo.remembered import everything, tell
from marketplace.backoffice.management.commands.demo import forget
from marketplace.core import clock
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.services import post
from marketplace.payments.models import Item, PaybillReceipt, Payment, Refund, StatementLine
from tests.factories.payments import make_dispute, make_payment

pytestmark = pytest.mark.django_db


def card(number: int = 1, **fields: Any) -> Payment:
    names = {"external_id": f"cs_{number}", "external_ref": f"pi_{number}", "receipt": f"ch_{number}"}
    usual = {"provider": "stripe", "status": "succeeded", "fee_minor": 4380, "settled_at": clock.now(), **names}
    return make_payment(**{**usual, **fields})


def prompt(receipt: str, **fields: Any) -> Payment:
    usual = {"status": "succeeded", "receipt": receipt, "external_id": f"ws_{receipt}", "settled_at": clock.now()}
    return make_payment(**{**usual, **fields})


def stated(provider: str, item: str, name: str, line: str, minor: int) -> None:
    StatementLine.objects.create(
        provider=provider, item=item, name=name, line=line, at=clock.now(), currency="KES", minor=minor,
    )  # fmt: skip


def test_balance_transactions_keep_the_names_we_have_on_file() -> None:
    payment = card()
    make_dispute(payment, status="won", external_id="du_1", closed_at=clock.now())
    stated("stripe", Item.PAYMENT, "ch_1", "txn_paid", 150_000)
    stated("stripe", Item.DISPUTE, "du_1", "txn_taken", -150_000)
    stated("stripe", Item.DISPUTE, "du_1", "txn_back", 150_000)
    told = everything()
    assert told["payments"][0]["balance_transaction"] == "txn_paid"
    [dispute] = told["disputes"]
    assert (dispute["balance_transaction"], dispute["return_transaction"]) == ("txn_taken", "txn_back")


def test_units_are_stripes_where_they_are_not_ours() -> None:
    card(currency="UGX", amount=60_000, fee_minor=1_770)
    [told] = everything()["payments"]
    assert (told["amount_minor"], told["fee_minor"]) == (6_000_000, 177_000)


def test_a_refund_on_its_way_ends_when_it_is_asked_about_and_one_by_hand_is_not_told() -> None:
    payment, due = card(), clock.now() + dt.timedelta(hours=6)
    same: dict[str, Any] = {"payment": payment, "amount_minor": 10_000}
    Refund.objects.create(**same, key="a", status="sent", external_id="re_1", next_check_at=due)
    Refund.objects.create(**same, key="b", status="succeeded", external_id="re_2", method="manual", evidence="cash")
    Refund.objects.create(**same, key="c", status="failed", external_id="re_3")
    [told] = everything()["refunds"]
    assert (told["id"], told["status"], told["ends"]) == ("re_1", "pending", due.timestamp())


def test_a_payment_nobody_has_made_is_not_told() -> None:
    card(status="pending", receipt=None)
    prompt("TKPENDING1", status="failed")
    assert everything()["payments"] == []


def test_a_bill_has_the_end_of_its_payers_number_and_a_prompt_is_no_bill() -> None:
    prompt("TKPROMPT01")
    for receipt, hint in (
        ("TKPROMPT01", "2547****678 Joe"),
        ("TKHAND0001", "2547 ***** 419 Brenda"),
        ("TKHAND0002", ""),
    ):
        PaybillReceipt.objects.create(
            receipt=receipt, amount_minor=50_000, shortcode="174379", reference_typed="JAZZ", payer_hint=hint,
            paid_at=clock.now(), status="unallocated",
        )  # fmt: skip
    told = {row["id"]: (row["kind"], row["msisdn"]) for row in everything()["payments"]}
    assert told == {
        "TKPROMPT01": ("stk", "254712345678"), "TKHAND0001": ("c2b", "254700000419"),
        "TKHAND0002": ("c2b", "254700000700"),
    }  # fmt: skip


def test_what_a_statement_says_and_we_do_not_know_is_told_in_whole_shillings() -> None:
    stated("mpesa", Item.PAYMENT, "TKNOBODY01", "1", 120_000)
    stated("mpesa", Item.PAYMENT, "TKNOBODY02", "2", 120_050)
    assert [row["id"] for row in everything()["payments"]] == ["TKNOBODY01"]


def test_a_reversal_of_which_only_the_original_is_known_is_told_under_a_name_of_its_own() -> None:
    payment = prompt("TKBACK0001")
    Refund.objects.create(payment=payment, amount_minor=150_000, key="a", status="succeeded")
    [told] = everything()["reversals"]
    assert (told["id"], told["original"]) == ("RTKBACK0001", "TKBACK0001")


def test_the_short_codes_begin_with_what_our_books_need_to_be_right() -> None:
    prompt("TKPAID0001", amount=150_000)
    lines = {AccountKey(Code.MPESA_CLEARING): 170_000, AccountKey(Code.MPESA_FLOAT): 90_000}
    post(key="x", kind="opening", currency="KES", lines=lines | {AccountKey(Code.OPENING): -260_000})
    assert everything()["opening"] == {"174379": 20_000, "600992": 90_000}


def test_the_file_is_for_the_simulator_alone(tmp_path: Path) -> None:
    prompt("TKPAID0001")
    file = tell(tmp_path / "past.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["payments"][0]["id"] == "TKPAID0001"


def test_a_new_database_begins_with_a_simulator_that_remembers_no_other(tmp_path: Path) -> None:
    for name in ("simulator.sqlite3", "simulator.sqlite3-wal", "db.sqlite3"):
        (tmp_path / name).touch()
    forget(tmp_path / "simulator.sqlite3")
    assert [file.name for file in tmp_path.iterdir()] == ["db.sqlite3"]
