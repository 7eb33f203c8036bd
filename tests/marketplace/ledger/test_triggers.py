"""The database itself keeps the books: raw SQL, past every service, is refused on both engines."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.ledger import triggers
from marketplace.ledger.accounts import Code, clearing, of_seller
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.ledger.services import post

pytestmark = pytest.mark.django_db


def account(currency: str = "KES", owner: str = "") -> Account:
    return Account.objects.get_or_create(code="1020", owner=owner, currency=currency)[0]


def posting(entry_id: uuid.UUID, minor: int, account: Account) -> None:
    Posting.objects.create(entry_id=entry_id, account=account, minor=minor)


def close(entry_id: uuid.UUID, **other: Any) -> Entry:
    return Entry.objects.create(id=entry_id, key=str(entry_id), body_hash="x", kind="sale", currency="KES", **other)


@transaction.atomic
def write_and_close(write: Callable[[uuid.UUID], None]) -> None:
    entry_id = uuid.uuid4()
    write(entry_id)
    close(entry_id)


def unbalanced(entry_id: uuid.UUID) -> None:
    posting(entry_id, 5, account())
    posting(entry_id, -4, account(owner="a"))


def lonely(entry_id: uuid.UUID) -> None:
    posting(entry_id, 5, account())


def empty(entry_id: uuid.UUID) -> None:
    pass


def foreign(entry_id: uuid.UUID) -> None:
    posting(entry_id, 5, account("USD"))
    posting(entry_id, -5, account("USD", owner="a"))


def mixed(entry_id: uuid.UUID) -> None:
    posting(entry_id, 5, account("KES"))
    posting(entry_id, -5, account("USD"))


@pytest.mark.parametrize("write", [unbalanced, lonely, empty, foreign, mixed])
def test_an_entry_that_does_not_balance_cannot_be_closed(write: Callable[[uuid.UUID], None]) -> None:
    with pytest.raises(IntegrityError, match="balance"):
        write_and_close(write)
    assert not Entry.objects.exists()


def test_a_balanced_one_can() -> None:
    entry_id = uuid.uuid4()
    posting(entry_id, 5, account())
    posting(entry_id, -5, account(owner="a"))
    assert close(entry_id).postings.count() == 2


def booked() -> Entry:
    lines = {clearing("mpesa"): 100, of_seller(Code.SELLER_PENDING, 1): -100}
    return post(key="sale", kind="sale", currency="KES", lines=lines)


def test_no_posting_joins_a_closed_entry() -> None:
    entry = booked()
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        posting(entry.pk, 5, account())
    assert entry.postings.count() == 2


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting", "ledger_account"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_nothing_booked_is_changed_or_removed(table: str, statement: str) -> None:
    booked()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert Entry.objects.count() == 1
    assert Posting.objects.count() == 2


def test_zero_postings_and_overwriting_are_refused(vendor: str) -> None:
    entry = booked()
    with pytest.raises(IntegrityError), transaction.atomic():
        posting(uuid.uuid4(), 0, account())
    if vendor == "sqlite":
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT OR REPLACE INTO ledger_posting SELECT * FROM ledger_posting")
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry")
    assert sum(entry.postings.values_list("minor", flat=True)) == 0


def test_installing_again_changes_nothing() -> None:
    triggers.install()
    triggers.install()
    with pytest.raises(IntegrityError, match="balance"):
        write_and_close(unbalanced)
