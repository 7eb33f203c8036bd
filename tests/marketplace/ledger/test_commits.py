"""What only shows when transactions really commit."""

import threading
import uuid

import pytest
from django.db import IntegrityError, connections, transaction

from marketplace.ledger.accounts import Code, clearing, of_seller
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.ledger.services import post

LINES = {clearing("mpesa"): 100, of_seller(Code.SELLER_PENDING, 1): -100}


def test_a_posting_without_its_entry_is_not_committed(committed_db: str) -> None:
    account = Account.objects.create(code="1020", currency="KES")
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(entry_id=uuid.uuid4(), account=account, minor=5)
    assert not Posting.objects.exists()


def test_eight_at_once_with_one_key_book_one_entry(committed_db: str) -> None:
    found, barrier = [], threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        try:
            found.append(post(key="sale", kind="sale", currency="KES", lines=LINES).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert (Entry.objects.count(), Posting.objects.count(), Account.objects.count()) == (1, 2, 2)
