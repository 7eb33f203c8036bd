"""Refunds, disputes, releases and payouts of the same sellers at the same time: nobody waits in a circle, nothing is
taken twice, and the books agree afterwards."""

import itertools
import random
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections, transaction

from marketplace.core import clock
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.services import post, reverse
from marketplace.payouts import checks
from marketplace.payouts.errors import OverReturned, SecondPersonNeeded
from marketplace.payouts.models import Earning, Payout, PayoutDecision
from marketplace.payouts.services import (
    Part,
    approve_payout,
    even_out,
    propose_run,
    release_due,
    send_payout,
    take_back_lines,
    undo_take_back_lines,
)
from tests.factories.payouts import make_available, make_earning, make_payable

pytestmark = pytest.mark.postgres
CHECKS = (checks.sales_and_accounts, checks.in_transit, checks.items_add_up, checks.items_are_postings)


def together(*jobs: Callable[[], object]) -> list[Exception]:
    """Run all at once, each on a connection of its own; what they raised."""
    raised, barrier = [], threading.Barrier(len(jobs))

    def work(job: Callable[[], object]) -> None:
        barrier.wait()
        try:
            job()
        except Exception as error:  # noqa: BLE001 (the test looks at every one)
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_refunds_over_two_sellers_meet_releases_and_payouts(committed_db: str) -> None:
    sellers = [make_payable(), make_payable()]
    old = clock.now() - timedelta(days=10)
    lines = [make_earning(seller=sellers[n % 2], gross=1_000 + n, at=old).line_id for n in range(40)]
    numbers = itertools.count(1)

    def refunds(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(15):
            parts = [Part(line, chance.randint(1, 200)) for line in chance.sample(lines, 4)]
            key = f"refund:{seed}:{next(numbers)}"
            try:
                with transaction.atomic():
                    debits = take_back_lines(parts)
                    debits[AccountKey(Code.REFUNDS_IN_TRANSIT)] = -sum(debits.values())
                    entry = post(key=key, kind="refund", currency="KES", lines=debits)
            except OverReturned:
                continue
            if chance.random() < 0.3:
                with transaction.atomic():
                    undo_take_back_lines(parts)
                    reverse(entry=entry, key=f"{key}:undone")

    def payouts() -> None:
        for _ in range(4):
            propose_run(seller_ids=[seller.pk for seller in sellers])
            for payout_id in Payout.objects.filter(status="proposed").values_list("pk", flat=True):
                approve_payout(payout_id=payout_id, actor_id=9)
                send_payout(payout_id=payout_id)

    raised = together(lambda: refunds(1), lambda: refunds(2), lambda: refunds(3), release_due, release_due, payouts)
    assert raised == []
    for seller in sellers:
        even_out(seller_id=seller.pk, currency="KES")
    assert [finding for check in CHECKS for finding in check()] == []  # type: ignore[attr-defined]
    assert not Earning.objects.filter(status="pending").exists()


def test_one_person_who_presses_eight_times_is_one_person(committed_db: str) -> None:
    seller = make_payable()
    make_available(seller, 50_000_000)
    propose_run(actor_id=1)
    payout = Payout.objects.get()
    raised = together(*[lambda: approve_payout(payout_id=payout.pk, actor_id=7)] * 8)
    assert [type(error) for error in raised] == [SecondPersonNeeded] * 7
    payout.refresh_from_db()
    assert (payout.status, PayoutDecision.objects.count()) == ("proposed", 1)


def test_eight_runs_at_once_propose_one_payout_and_eight_senders_send_one(committed_db: str) -> None:
    seller = make_payable()
    make_available(seller)
    assert together(*[lambda: propose_run(actor_id=1)] * 8) == []
    payout = Payout.objects.get()
    approve_payout(payout_id=payout.pk, actor_id=2)
    assert together(*[lambda: send_payout(payout_id=payout.pk)] * 8) == []
    assert [finding for check in CHECKS for finding in check()] == []  # type: ignore[attr-defined]
