"""What a superuser does to the books past every guard is found, and named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from marketplace.audit.models import LogEntry
from marketplace.audit.services import record
from marketplace.core.models import Seal, SealedRow
from marketplace.ledger import checks
from marketplace.ledger.accounts import AccountKey, Code, clearing, of_seller
from marketplace.ledger.checks import Finding
from marketplace.ledger.models import Account, Entry, Posting, ProofRun
from marketplace.ledger.services import post, prove, reverse, seal
from marketplace.notifications.models import Alert
from marketplace.payments.models import PaymentEvent
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db

SALE = {clearing("mpesa"): 1160, of_seller(Code.SELLER_PENDING, 7): -1000, AccountKey(Code.TAX_PAYABLE, "tax:KE"): -160}


def sell(key: str) -> Entry:
    return post(key=key, kind="sale", currency="KES", lines=SALE, reference=key)


@pytest.fixture
def history() -> None:
    """Three sales, one taken back, two lines of a payment's story and two of the log, all under seal."""
    entries = [sell(f"order:{letter}") for letter in "ABC"]
    reverse(entry=entries[0], key="order:A:undone")
    payment = make_payment()
    for kind in ("intent", "accepted"):
        PaymentEvent.objects.create(payment=payment, source="checkout", kind=kind, data={"asked": "1160"})
        record(action=f"test.{kind}", target=payment, actor_id=None)
    assert seal() == 8


@pytest.fixture(autouse=True)
def _broken_references(db: None) -> Iterator[None]:
    """What a test leaves behind is thrown away unseen: it would not pass Django's own look at foreign keys."""
    yield
    transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _the_books_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sales here are entries without orders: what other rooms would say of them is theirs to test."""
    own = {
        name: found for name, found in checks.checks().items() if found.__module__ == "marketplace.ledger.book_checks"
    }
    monkeypatch.setattr(checks, "_checks", own)


@contextmanager
def superuser() -> Iterator[None]:
    """Someone who can do everything to the database, and takes its guards away for a moment."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
        with connection.constraint_checks_disabled():
            yield
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
        else:
            for _name, sql in triggers:
                cursor.execute(sql)


def execute(statement: str, *values: Any) -> None:
    with superuser(), connection.cursor() as cursor:
        cursor.execute(statement, [v.hex if hasattr(v, "hex") and connection.vendor == "sqlite" else v for v in values])


def findings(run: ProofRun | None = None) -> list[str]:
    return [f"{f['where']} {f['text']}" for result in (run or prove()).results for f in result["findings"]]


def proof_fails(*named: str) -> list[str]:
    """The command ends badly and says each of these."""
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=out)
    for words in named:
        assert words in out.getvalue(), out.getvalue()
    return out.getvalue().splitlines()


def test_honest_books_pass(history: None):
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "WRONG" not in out.getvalue()
    assert f"sealed: ledger.entry:1:{Seal.objects.get(chain='ledger.entry').hash}" in out.getvalue()
    run = ProofRun.objects.get()
    assert run.passed
    looked_at = {result["check"]: result["rows"] for result in run.results}
    assert looked_at["ledger.entry is as it was sealed"] == looked_at["every entry balances and says what it said"] == 4
    assert (
        looked_at["payments.paymentevent is as it was sealed"] == looked_at["audit.logentry is as it was sealed"] == 2
    )


def test_empty_books_pass():
    assert prove().passed


def a_posting(entry: str = "order:B") -> Posting:
    return Posting.objects.get(entry__key=entry, account__code="2110")


def test_a_changed_posting(history: None):
    posting = a_posting()
    execute("UPDATE ledger_posting SET minor = -999 WHERE id = %s", posting.pk)
    proof_fails(
        f"ledger.posting {posting.pk} was changed, of ledger.entry order:B; it was sealed in #1",
        "entry order:B has 3 postings that sum to 1",
        "trial balance KES is +1 and not zero",
    )


def test_two_changed_postings_that_balance(history: None):
    posting, other = a_posting(), Posting.objects.get(entry__key="order:B", account__code="1020")
    execute("UPDATE ledger_posting SET minor = minor - 500 WHERE id = %s", posting.pk)
    execute("UPDATE ledger_posting SET minor = minor + 500 WHERE id = %s", other.pk)
    proof_fails(
        f"ledger.posting {posting.pk} was changed",
        f"ledger.posting {other.pk} was changed",
        "entry order:B or its postings are not what was booked under this key",
    )


def test_a_deleted_posting(history: None):
    posting = a_posting()
    execute("DELETE FROM ledger_posting WHERE id = %s", posting.pk)
    proof_fails(f"ledger.posting {posting.pk} is gone, of ledger.entry order:B")


def test_a_posting_slipped_in(history: None):
    execute(
        "INSERT INTO ledger_posting (id, entry_id, account_id, minor) SELECT %s, entry_id, account_id, 5 "
        "FROM ledger_posting WHERE id = %s",
        LogEntry(action="x").pk, a_posting().pk,
    )  # fmt: skip
    proof_fails("was slipped in, of ledger.entry order:B")


def test_an_account_given_to_somebody_else(history: None):
    execute("UPDATE ledger_account SET owner = 'seller:8' WHERE owner = 'seller:7'")
    proof_fails(f"ledger.posting {a_posting().pk} was changed", "entry order:B or its postings are not what was booked")


def test_a_changed_entry(history: None):
    entry = Entry.objects.get(key="order:C")
    execute("UPDATE ledger_entry SET memo = 'a gift' WHERE id = %s", entry.pk)
    proof_fails(f"ledger.entry {entry.pk} (order:C) was changed; it was sealed in #1")


def test_a_deleted_entry(history: None):
    entry = Entry.objects.get(key="order:C")
    execute("DELETE FROM ledger_entry WHERE id = %s", entry.pk)
    proof_fails(f"ledger.entry {entry.pk} is gone; it was sealed in #1", f"belongs to entry {entry.pk}")


def test_a_deleted_entry_with_all_its_postings(history: None):
    entry = Entry.objects.get(key="order:C")
    execute("DELETE FROM ledger_posting WHERE entry_id = %s", entry.pk)
    execute("DELETE FROM ledger_entry WHERE id = %s", entry.pk)
    proof_fails(f"ledger.entry {entry.pk} is gone; it was sealed in #1")


def test_a_reversal_that_takes_back_something_else():
    entry = sell("order:A")
    undo = reverse(entry=entry, key="undo")
    execute("UPDATE ledger_posting SET minor = minor + 1 WHERE entry_id = %s AND minor = 1000", undo.pk)
    execute("UPDATE ledger_posting SET minor = minor - 1 WHERE entry_id = %s AND minor = 160", undo.pk)
    proof_fails(f"entry undo does not mirror the entry it reverses, {entry.pk}")


def test_a_booking_of_a_kind_that_may_not_touch_the_account():
    entry = sell("order:A")
    execute("UPDATE ledger_entry SET kind = 'payout' WHERE id = %s", entry.pk)
    proof_fails("entry order:A is a payout and debits 1020", "entry order:A is a payout and credits 2110")


def test_money_paid_out_that_was_not_there():
    sell("order:A")
    extra = post(
        key="extra", kind="opening", currency="KES", lines={clearing("mpesa"): 50, AccountKey(Code.OPENING): -50}
    )
    account = Account.objects.get(code="2110")
    execute("UPDATE ledger_posting SET account_id = %s, minor = 1001 WHERE entry_id = %s AND minor = 50",
            account.pk, extra.pk)  # fmt: skip
    proof_fails("account 2110:seller:7:KES has a debit balance")


@pytest.mark.parametrize(
    ("model", "column", "value"), [(PaymentEvent, "data", '{"asked": "1"}'), (LogEntry, "data", '{"by": "nobody"}')]
)
def test_a_changed_and_a_deleted_line_of_a_story(history: None, model: Any, column: str, value: str):
    changed, gone = model.objects.order_by("at")
    table, name = model._meta.db_table, model._meta.label_lower
    execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", value, changed.pk)
    execute(f"DELETE FROM {table} WHERE id = %s", gone.pk)
    proof_fails(f"{name} {changed.pk} (", f"{name} {gone.pk} is gone; it was sealed in #1")


def sealed_thrice() -> list[Seal]:
    for letter in "ABC":
        sell(f"order:{letter}")
        seal()
    return list(Seal.objects.filter(chain="ledger.entry").order_by("number"))


def test_a_changed_seal_and_a_changed_list():
    first, second, _third = sealed_thrice()
    execute("UPDATE core_seal SET hash = %s WHERE id = %s", "0" * 64, first.pk)
    execute("UPDATE core_sealedrow SET hash = %s WHERE seal_id = %s", "0" * 64, second.pk)
    proof_fails("seal ledger.entry #1 was changed", "seal ledger.entry #2 does not follow", "seal ledger.entry #2 was")


def test_a_seal_taken_from_the_middle():
    _first, second, _third = sealed_thrice()
    execute("DELETE FROM core_sealedrow WHERE seal_id = %s", second.pk)
    execute("DELETE FROM core_seal WHERE id = %s", second.pk)
    proof_fails("seal ledger.entry #3 does not follow number 1")


def test_the_newest_rows_taken_away_together_with_their_seal():
    third = sealed_thrice()[-1]
    assert prove().passed
    execute("DELETE FROM ledger_posting WHERE entry_id = %s", SealedRow.objects.get(seal=third).row)
    execute("DELETE FROM ledger_entry WHERE id = %s", SealedRow.objects.get(seal=third).row)
    execute("DELETE FROM core_sealedrow WHERE seal_id = %s", third.pk)
    execute("DELETE FROM core_seal WHERE id = %s", third.pk)
    proof_fails("seal ledger.entry #3 was noted earlier and is gone")


def test_a_chain_cut_short_and_sealed_anew():
    third = sealed_thrice()[-1]
    assert prove().passed
    execute("UPDATE ledger_entry SET memo = 'another' WHERE id = %s", SealedRow.objects.get(seal=third).row)
    execute("DELETE FROM core_sealedrow WHERE seal_id = %s", third.pk)
    execute("DELETE FROM core_seal WHERE id = %s", third.pk)
    seal()
    proof_fails("seal ledger.entry #3 is not the one that was noted earlier")


def test_a_head_kept_on_paper_is_believed_more_than_the_database():
    third = sealed_thrice()[-1]
    note = f"ledger.entry:3:{third.hash}"
    call_command("verify_ledger", expect=[("ledger.entry", 3, third.hash)], stdout=StringIO())
    for table in ("ledger_proofrun", "core_sealedrow", "core_seal", "ledger_posting", "ledger_entry"):
        execute(f"DELETE FROM {table}")
    assert prove().passed, "a database without a memory believes itself"
    with pytest.raises(CommandError, match="#3 was noted earlier and is gone"):
        call_command("verify_ledger", "--expect", note, stdout=StringIO())
    with pytest.raises(CommandError, match="chain:number:hash"):
        call_command("verify_ledger", "--expect", "nonsense", stdout=StringIO())


@pytest.mark.parametrize("table", ["ledger_posting", "ledger_entry", "audit_logentry", "payments_paymentevent"])
def test_a_table_emptied(history: None, table: str):
    execute(f"DELETE FROM {table}")
    name = {"ledger_posting": "ledger.posting"}.get(table, table.replace("_", "."))
    proof_fails(f"{name} ", "is gone")


def test_nobody_can_make_a_seal_without_the_secret(history: None, settings: Any):
    """Whoever rewrites everything in the database still lacks the key, which is not in it."""
    settings.LOOKUP_KEY = "the-thief-guessed"
    proof_fails("seal ledger.entry #1 was changed, or what it lists was")


@pytest.fixture
def own_check(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    monkeypatch.setattr(checks, "_checks", {})
    return lambda function: checks.check("orders and sales agree")(function)


def test_any_room_adds_a_check(own_check: Callable[[Any], None]):
    own_check(lambda: iter([Finding("order A", "is paid, and no sale was booked")]))
    run = prove()
    assert not run.passed
    assert findings(run) == ["order A is paid, and no sale was booked"]


def test_a_check_that_breaks_down_is_a_failure_and_stops_no_other(own_check: Callable[[Any], None]):
    def broken() -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        yield Finding("", "")

    own_check(broken)
    checks.check("another")(lambda: iter([Finding("x", "is looked at all the same")]))
    found = findings()
    assert "broke down" in found[0]
    assert found[1] == "x is looked at all the same"


def test_a_check_that_finds_no_end_is_stopped(own_check: Callable[[Any], None]):
    own_check(lambda: (Finding(f"row {number}", "is wrong") for number in range(10**9)))
    run = prove()
    assert run.results[-1]["wrong"] == 1000
    assert len(findings(run)) == 20


def test_a_failed_proof_alarms_once_and_a_passed_one_calls_it_off(
    own_check: Callable[[Any], None], settings: Any, monkeypatch: pytest.MonkeyPatch
):
    from marketplace.notifications.models import Message

    settings.ALERT_EMAILS = ["finance@example.com"]
    own_check(lambda: iter([Finding("order A", "is wrong")]))
    prove()
    prove()
    alert = Alert.objects.get()
    assert (alert.code, alert.times, alert.closed_at) == ("proof_failed", 2, None)
    assert "order A is wrong" in alert.text
    assert Message.objects.get().to == "finance@example.com"
    assert mail.outbox == []
    monkeypatch.setattr(checks, "_checks", {})
    prove()
    alert.refresh_from_db()
    assert alert.closed_at is not None
