"""A bulk refund whose workers are killed in the middle, and one two workers share: each order exactly once."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from django.db import transaction

from marketplace.commerce.bulk.preview import bulk_preview
from marketplace.commerce.models import BulkRefund, Order, OrderRefund
from marketplace.commerce.services import Decision
from marketplace.core import outbox
from marketplace.events.services import cancel_date
from marketplace.events.services.called_off import offers_of
from marketplace.events.services.refund_date import refund_date
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import trial_balance
from marketplace.notifications.models import Message
from marketplace.payments.models import Refund
from marketplace.ticketing.models import Ticket
from tests.factories.events import make_date, make_event, make_ticket
from tests.marketplace.commerce.money import books_hold, make_shop, sold, work
from tests.stack import ROOT

MANY = 8


@pytest.fixture
def started(committed_db: str) -> BulkRefund:
    """Many orders of a cancelled date, nothing given back yet."""
    ticket = make_ticket(make_date(make_event("Jazz Night", seller=make_shop())), price=100_000)
    for number in range(MANY):
        sold(ticket=ticket, quantity=1 + number % 2)
    cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
    shown = bulk_preview(offers_of(ticket.occurrence))
    assert (shown.orders, shown.totals[0].amount.minor) == (MANY, 116_000 * MANY * 3 // 2)
    return refund_date(
        occurrence_id=ticket.occurrence_id, number=1, decision=Decision(), asked_by=OrderRefund.By.STAFF, actor_id=1
    )


def worker(url: str, bulk: BulkRefund, die: str = "") -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": url, **({"DIE": die} if die else {})}
    return subprocess.Popen([sys.executable, "-m", "tests.bulk_worker", str(bulk.pk)], cwd=ROOT, env=environment)


def everything_once(bulk: BulkRefund) -> None:
    work()
    bulk.refresh_from_db()
    assert (bulk.status, Counter(bulk.orders.values_list("status", flat=True))) == ("done", {"done": MANY})
    assert Counter(OrderRefund.objects.values_list("order_id", flat=True)) == dict.fromkeys(
        Order.objects.values_list("pk", flat=True), 1
    )
    assert set(Order.objects.values_list("refunded_minor", flat=True)) == {116_000, 232_000}
    assert not [order for order in Order.objects.all() if order.refunded_minor != order.total_minor]
    assert Refund.objects.count() == MANY
    assert not Ticket.objects.exclude(status="void").exists()
    assert -trial_balance("KES")[Code.REFUNDS_IN_TRANSIT] == sum(Order.objects.values_list("total_minor", flat=True))
    assert Message.objects.filter(subject="Cancelled: Jazz Night").count() == MANY
    books_hold()


@pytest.mark.parametrize("moment", ["booked", "committed"])
def test_killed_in_the_middle_it_goes_on_where_it_was(committed_db, started, moment):
    for die in (f"{moment}:2", f"{moment}:4"):
        program = worker(committed_db, started, die)
        assert program.wait(timeout=300) == -signal.SIGKILL
    decided = {"booked": 1 + 3, "committed": 2 + 4}[moment]
    assert started.orders.filter(status="done").count() == OrderRefund.objects.count() == decided
    assert worker(committed_db, started).wait(timeout=300) == 0
    everything_once(started)


def test_two_workers_at_once_share_it(committed_db, started):
    programs = [worker(committed_db, started) for _ in range(2)]
    assert [program.wait(timeout=300) for program in programs] == [0, 0]
    if started.orders.filter(status="pending").exists():  # one saw the other still at its last order
        assert worker(committed_db, started).wait(timeout=300) == 0
    everything_once(started)


def test_the_news_of_a_refund_may_come_twice(committed_db, started):
    assert worker(committed_db, started).wait(timeout=300) == 0
    work()
    with transaction.atomic():
        for refund in OrderRefund.objects.all():
            outbox.publish("commerce.refund_decided", refund_id=refund.pk, notify=True)
    everything_once(started)
