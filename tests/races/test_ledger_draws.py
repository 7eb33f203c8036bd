"""Real connections: what lies on an account leaves it once, and nobody who only adds to it waits."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from marketplace.ledger.accounts import AccountKey, Code, clearing, of_seller
from marketplace.ledger.models import Entry
from marketplace.ledger.selectors import balance
from marketplace.ledger.services import Overdrawn, draw, post

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed_db")]

PENDING, AVAILABLE = of_seller(Code.SELLER_PENDING, 1), of_seller(Code.SELLER_AVAILABLE, 1)
OWED = of_seller(Code.SELLER_RECEIVABLE, 1)
REFUNDS = AccountKey(Code.REFUNDS_IN_TRANSIT)


def sell(key: str, minor: int = 100) -> Entry:
    return post(key=key, kind="sale", currency="KES", lines={clearing("mpesa"): minor, PENDING: -minor})


def in_threads(*calls: Callable[[], object]) -> list[object]:
    """Results in order, an exception in place of the result of a call that raised it."""

    def run(call: Callable[[], object]) -> object:
        try:
            return call()
        except Overdrawn as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def refund(key: str) -> dict[AccountKey, int]:
    with transaction.atomic():
        lines = draw(
            owner="seller:1", currency="KES", minor=100, codes=[Code.SELLER_PENDING], overflow=Code.SELLER_RECEIVABLE
        )
        post(key=key, kind="refund", currency="KES", lines={**lines, REFUNDS: -100})
    return lines


def test_of_two_refunds_that_want_the_same_money_one_makes_the_seller_owe_it():
    sell("sale")
    drawn = in_threads(lambda: refund("a"), lambda: refund("b"))
    assert sorted(map(str, drawn)) == sorted(map(str, ({PENDING: 100}, {OWED: 100})))
    assert balance(code=Code.SELLER_PENDING, owner="seller:1", currency="KES") == 0
    assert balance(code=Code.SELLER_RECEIVABLE, owner="seller:1", currency="KES") == 100


def release(key: str) -> Callable[[], Entry]:
    return lambda: post(key=key, kind="release", currency="KES", lines={PENDING: 100, AVAILABLE: -100})


def test_of_eight_releases_of_the_same_money_one_is_booked_and_the_rest_are_refused():
    sell("sale")
    found = in_threads(*[release(f"release:{number}") for number in range(8)])
    assert sum(isinstance(result, Overdrawn) for result in found) == 7
    assert Entry.objects.filter(kind="release").count() == 1


def test_eight_times_the_same_release_is_one_release():
    sell("sale")
    found = in_threads(*[release("release")] * 8)
    assert len({result.pk for result in found}) == 1


def test_sales_do_not_wait_for_an_account_that_somebody_draws_from():
    sell("sale")
    drawn, sold = threading.Event(), threading.Event()

    def slow_refund() -> bool:
        with transaction.atomic():
            draw(owner="seller:1", currency="KES", minor=50, codes=[Code.SELLER_PENDING], overflow=None)
            drawn.set()
            return sold.wait(timeout=180)

    def sale() -> Entry:
        assert drawn.wait(timeout=180)
        entry = sell("while it is locked")
        sold.set()
        return entry

    refunded, entry = in_threads(slow_refund, sale)
    assert refunded is True, "the sale was committed while the account was locked"
    assert Entry.objects.filter(pk=entry.pk).exists()
