"""Two hundred people want fifty tickets, through the site's own pages, each with a session of their own."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.db import connection

from marketplace.commerce.models import Claim, Order
from marketplace.commerce.services import mark_paid
from marketplace.commerce.upkeep import recount_stock
from marketplace.ledger.models import Entry
from marketplace.payments.models import Payment
from marketplace.payments.services import settle_payment
from marketplace.ticketing.models import Ticket
from tests.buyer import Buyer, buy
from tests.factories.shop import OnSale, open_event
from tests.purchase import Purchase, everything_adds_up
from tests.stack import Stack

pytestmark = pytest.mark.postgres
BUYERS, TICKETS, AT_ONCE = 200, 50, 25
PAID_AT_ONCE = "000"
"""A phone whose number ends so pays without being asked."""


@pytest.fixture
def site(committed_db: str) -> Iterator[Stack]:
    """The whole site on PostgreSQL. No pause between equal payments: here every phone pays the same amount."""
    stack = Stack(committed_db, beat={"core.drain_outbox": 1.0, "payments.reconcile": 2.0})
    try:
        yield stack.start()
    finally:
        stack.stop()


def want_one(site: Stack, event: OnSale, number: int) -> tuple[int, str]:
    """Try to buy one ticket. The status of the last page, and which page it was."""
    with Buyer(site.base_url, address=f"10.8.{number // 250}.{number % 250 + 1}") as buyer:
        page = buy(
            buyer, event.path, offer_id=event.offer.pk, email=f"buyer{number}@example.com", provider="mpesa",
            phone=f"2547{number:05d}{PAID_AT_ONCE}",
        )  # fmt: skip
        assert max(buyer.statuses) < 500, buyer.statuses
        if page.path.startswith("/orders/"):
            return page.status, "order"
        assert "“Standing” is sold out." in page.text or "Some may come back in a few minutes." in page.text, page.text
        return page.status, "refused"


def test_two_hundred_buyers_for_fifty_tickets(site: Stack) -> None:
    event = open_event(capacity=TICKETS)
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        outcomes = Counter(crowd.map(lambda number: want_one(site, event, number), range(BUYERS)))
    assert outcomes == {(200, "order"): TICKETS, (409, "refused"): BUYERS - TICKETS}
    site.until(lambda: Order.objects.filter(status="fulfilled").count() == TICKETS, within=90, what="all fulfilled")
    assert event.counted() == (0, TICKETS)
    assert Claim.objects.filter(status="sold").count() == Ticket.objects.count() == TICKETS
    assert Entry.objects.filter(kind="sale").count() == TICKETS
    assert recount_stock() == []
    everything_adds_up()
    assert "Traceback" not in site.log("web") + site.log("worker")


def test_one_payment_confirmed_from_everywhere_at_once(site: Stack, settings: LazySettings) -> None:
    """Callback (twice), return page, order page, query, reconciler and the news itself, all in the same moment."""
    with Purchase(site, open_event(), ending="111", quantity=2) as bought:
        bought.check_out()
        payment = bought.payment.pk
        settings.MPESA = {**settings.MPESA, "base_url": f"{site.simulator_url}/daraja"}
        site.control("deliveries", action="delay", seconds=1, provider="daraja")
        site.control("deliveries", action="duplicate", copies=3, provider="daraja")
        bought.press("pay")

        def ask(number: int) -> None:
            try:
                Payment.objects.filter(pk=payment).update(checked_at=None)  # nobody has asked a moment ago
                if number % 3 == 0:
                    bought.buyer.client.get(f"/orders/{bought.order.token}/return/")
                else:
                    settle_payment(payment_id=payment, source="query")
                if number % 4 == 1 and Payment.objects.get(pk=payment).status == "succeeded":
                    mark_paid(payment_id=str(payment))
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as racers:
            list(racers.map(ask, range(48)))
        asked = {event.source for event in bought.payment.events.all()}
        assert {"query", "return"} <= asked, "they did race"
        bought.ends_well(within=40)
