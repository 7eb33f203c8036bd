"""post() and reverse(): balanced, idempotent by key, and only between accounts that may meet."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.ledger.accounts import KINDS, AccountKey, Code, clearing, of_seller
from marketplace.ledger.models import Entry, Posting
from marketplace.ledger.selectors import balance, entries_for, statement, trial_balance
from marketplace.ledger.services import KeyConflict, LedgerError, post, reverse

pytestmark = pytest.mark.django_db

SELLER = of_seller(Code.SELLER_PENDING, 12)
SALE = {clearing("mpesa"): 116_000, SELLER: -90_000, AccountKey(Code.COMMISSION): -10_000,
        AccountKey(Code.TAX_PAYABLE, "tax:KE"): -16_000}  # fmt: skip


def book(key: str = "order:AB:sale:seller:12", lines: dict[AccountKey, int] | None = None, **other: str) -> Entry:
    return post(key=key, lines=lines or SALE, **{"kind": "sale", "currency": "KES", "reference": "AB", **other})


def test_a_sale_lands_on_its_accounts() -> None:
    book()
    assert balance(code=Code.MPESA_CLEARING, currency="KES") == 116_000
    assert balance(code=Code.SELLER_PENDING, owner="seller:12", currency="KES") == -90_000
    assert balance(code=Code.SELLER_PENDING, owner="seller:13", currency="KES") == 0
    assert trial_balance("KES") == {"1020": 116_000, "2110": -90_000, "2310": -16_000, "4010": -10_000}
    assert sum(trial_balance("KES").values()) == 0
    assert trial_balance("USD") == {}


def test_the_same_key_and_body_books_once_and_gives_the_first_entry_back() -> None:
    assert book() == book(lines=dict(reversed(SALE.items())))
    assert Entry.objects.count() == 1
    assert Posting.objects.count() == 4


@pytest.mark.parametrize(
    "changed",
    [{"currency": "USD"}, {"reference": "CD"}, {"lines": {clearing("mpesa"): 5, SELLER: -5}}, {"kind": "opening"}],
)
def test_the_same_key_with_another_body_is_a_conflict(changed: dict[str, str]) -> None:
    book()
    with pytest.raises(KeyConflict):
        book(**changed)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "lines",
    [
        {},
        {clearing("mpesa"): 0},
        {clearing("mpesa"): 5},
        {clearing("mpesa"): 5, SELLER: -4},
        {clearing("mpesa"): 5, SELLER: -5, AccountKey(Code.COMMISSION): 0},
    ],
)
def test_lines_that_do_not_balance_are_refused(lines: dict[AccountKey, int]) -> None:
    with pytest.raises(LedgerError):
        post(key="k", kind="sale", currency="KES", lines=lines)
    assert not Posting.objects.exists()


@pytest.mark.parametrize(
    ("kind", "debit", "credit"),
    [
        ("sale", Code.SELLER_PENDING, Code.MPESA_CLEARING),
        ("sale", Code.MPESA_CLEARING, Code.SELLER_AVAILABLE),
        ("provider_fee", Code.STRIPE_CLEARING, Code.PROVIDER_FEES),
        ("payout", Code.SELLER_PENDING, Code.PAYOUT_IN_TRANSIT),
        ("reversal", Code.MPESA_CLEARING, Code.SELLER_PENDING),
        ("gift", Code.MPESA_CLEARING, Code.SELLER_PENDING),
    ],
)
def test_balanced_but_wrong_bookings_are_refused(kind: str, debit: Code, credit: Code) -> None:
    with pytest.raises(LedgerError):
        post(key="k", kind=kind, currency="KES", lines={AccountKey(debit): 5, AccountKey(credit): -5})


def test_a_reversal_takes_back_the_actual_postings_once() -> None:
    entry = book()
    undo = reverse(entry=entry, key="order:AB:undo", memo="cancelled")
    assert reverse(entry=entry, key="order:AB:undo") == undo
    assert undo.reverses == entry
    assert set(trial_balance("KES").values()) == {0}
    with pytest.raises(Exception, match=r"(?i)unique"):
        reverse(entry=entry, key="order:AB:undo-again")


def test_a_reversal_key_used_for_something_else_is_a_conflict() -> None:
    entry = book()
    with pytest.raises(KeyConflict):
        reverse(entry=entry, key=entry.key)


def test_statements_and_references_list_what_was_booked() -> None:
    book()
    book(key="second", reference="CD")
    assert [entry.reference for entry in entries_for("AB")] == ["AB"]
    lines = statement(owner="seller:12", currency="KES")
    assert [(line.reference, line.minor) for line in lines] == [("AB", -90_000), ("CD", -90_000)]
    assert statement(owner="seller:12", currency="KES", since=lines[-1].at, until=lines[-1].at) == []


def test_every_kind_names_accounts_of_the_chart() -> None:
    assert all(rule.debit and rule.credit for rule in KINDS.values())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=5))
def test_whatever_balances_is_booked_and_the_books_stay_at_zero(parts: list[int]) -> None:
    lines = {of_seller(Code.SELLER_PENDING, i): -part for i, part in enumerate(parts)}
    entry = post(key=str(uuid.uuid4()), kind="sale", currency="KES", lines={clearing("stripe"): sum(parts), **lines})
    assert sum(entry.postings.values_list("minor", flat=True)) == 0
    assert sum(trial_balance("KES").values()) == 0
