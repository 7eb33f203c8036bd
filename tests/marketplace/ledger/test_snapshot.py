"""A proof looks at one moment, however much is sold while it runs; and it holds nothing up."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from marketplace.ledger import checks
from marketplace.ledger.accounts import Code, clearing, of_seller
from marketplace.ledger.checks import Finding
from marketplace.ledger.models import Entry
from marketplace.ledger.services import post, prove

LINES = {clearing("mpesa"): 100, of_seller(Code.SELLER_PENDING, 1): -100}


def sell() -> Entry:
    with transaction.atomic():
        return post(key=f"sale {Entry.objects.count()}", kind="sale", currency="KES", lines=LINES)


def meanwhile(work: Callable[[], object]) -> None:
    """On a connection of its own, to the end."""

    def run() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=180)
    assert not thread.is_alive(), "it was held up"


def test_a_sale_between_two_checks_is_seen_by_neither(committed_db: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checks, "_checks", {})
    seen: list[int] = []

    def look() -> Iterator[Finding]:
        seen.append(Entry.objects.count())
        meanwhile(sell)
        return iter(())

    sell()
    for name in ("first", "second", "third"):
        checks.check(name)(look)
    assert prove().passed
    assert seen == [1, 1, 1]
    assert Entry.objects.count() == 4


def test_a_check_that_breaks_down_leaves_a_connection_that_works(committed_db: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checks, "_checks", {})
    checks.check("broken")(lambda: Entry.objects.raw("SELECT * FROM no_such_table").iterator())
    checks.check("sound")(lambda: iter(()))
    run = prove()
    assert [result["wrong"] for result in run.results[-2:]] == [1, 0]
    sell()
    assert Entry.objects.count() == 1
