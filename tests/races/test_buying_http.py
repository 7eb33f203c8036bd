"""The whole site on PostgreSQL, through its own pages: a crowd for a few tickets, and one payment told by everybody."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import QuerySet
from pytest_django.plugin import DjangoDbBlocker

from marketplace.commerce.models import Claim, Order
from marketplace.commerce.services import mark_paid
from marketplace.core import clock
from marketplace.core.models import OutboxEvent
from marketplace.ledger.models import Entry
from marketplace.notifications.models import Message
from marketplace.payments.models import Payment
from marketplace.payments.services import reconcile, settle_payment
from marketplace.ticketing.models import Ticket
from tests import databases
from tests.buyer import Page, check_out
from tests.factories.shop import OnSale, open_event
from tests.purchase import Purchase, everything_adds_up
from tests.services import own_redis
from tests.stack import Stack

pytestmark = pytest.mark.postgres
BUYERS, TICKETS, AT_ONCE = 200, 50, 40
ROUNDS = 5
PAYS_BY_ITSELF = "000"
BEAT = {"core.drain_outbox": 1.0, "payments.process_inbox": 1.0, "payments.reconcile": 1.0}


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stack]:
    """In production's shape as far as this machine goes: with Redis when it is installed."""
    with django_db_blocker.unblock(), databases.cloned() as url, own_redis() as broker:
        stack = Stack(url, redis_url=broker or "", beat=BEAT)
        try:
            yield stack.start()
        finally:
            stack.stop()


class TestTwoHundredBuyersForFiftyTickets:
    def test_fifty_are_sold_and_everybody_else_is_told(self, site: Stack) -> None:
        event = open_event(capacity=TICKETS)
        crowd = [Purchase(site, event, ending=PAYS_BY_ITSELF) for _ in range(BUYERS)]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            doors = list(threads.map(lambda one: one.buyer.open(event.path), crowd))
            outcomes = Counter(threads.map(self.try_to_buy, crowd, doors))
        assert outcomes == {"order": TICKETS, "refused": BUYERS - TICKETS}
        assert max(status for one in crowd for status in one.buyer.statuses) < 500
        for one in crowd:
            one.buyer.close()
        orders = Order.objects.filter(lines__offer=event.offer)
        site.until(lambda: orders.filter(status="fulfilled").count() == TICKETS, within=400, what="all fulfilled")
        site.until(lambda: self.mails(orders, "sent") == TICKETS, within=300, what="a mail for each")
        self.sold_exactly(event)
        assert "Traceback" not in site.log("web") + site.log("worker")

    def try_to_buy(self, one: Purchase, door: Page) -> str:
        """Everybody has the page open with tickets on it; now they all press the button."""
        quantity = {f"quantity__{one.event.offer.pk}": 1}
        page = one.buyer.submit(door, lambda action: "/cart/add" in action, **quantity)
        if page.path == "/cart/":
            page = check_out(one.buyer, email=one.email, provider="mpesa", phone=one.phone)
            assert page.path.startswith("/orders/"), page.text
            waiting, paid = "We sent a request for KES 1,500" in page.text, "Paid" in page.text
            assert waiting or paid or "It is yours" in page.text, page.text
            return "order"
        assert page.status == 409
        assert "“Standing” is sold out." in page.text or "Some may come back in a few minutes." in page.text, page.text
        return "refused"

    def sold_exactly(self, event: OnSale) -> None:
        """One ticket, one booking and one mail per order; counters that equal the rows."""
        orders = Order.objects.filter(lines__offer=event.offer)
        codes = Counter(orders.values_list("code", flat=True))
        each_once = Counter(dict.fromkeys(codes, 1))
        assert len(each_once) == TICKETS
        assert event.counted() == (0, TICKETS)
        assert Counter(Claim.objects.filter(pool=event.pool).values_list("status", flat=True)) == {"sold": TICKETS}
        tickets = Ticket.objects.filter(order_line__offer=event.offer)
        assert Counter(tickets.values_list("order_line__order__code", flat=True)) == each_once
        sales = Entry.objects.filter(kind="sale", reference__in=codes)
        assert Counter(sales.values_list("reference", flat=True)) == each_once
        assert self.mails(orders, "waiting") == self.mails(orders, "failed") == 0
        everything_adds_up()

    def mails(self, orders: QuerySet[Order], status: str) -> int:
        keys = [f"order:{code}:ready" for code in orders.values_list("code", flat=True)]
        return Message.objects.filter(key__in=keys, status=status).count()


class TestOnePaymentConfirmedFromEverywhere:
    """Callbacks, return pages, queries and reconcilers at the same moment: one fulfillment, one booking, one mail."""

    @pytest.mark.parametrize("provider", ["mpesa", "stripe"])
    def test_it_is_believed_once(self, site: Stack, settings: LazySettings, provider: str) -> None:
        settings.MPESA = {**settings.MPESA, "base_url": f"{site.simulator_url}/daraja"}
        settings.STRIPE = {**settings.STRIPE, "api_base": f"{site.simulator_url}/stripe"}
        told: set[str] = set()
        for _ in range(ROUNDS):
            site.control("reset")
            site.control("deliveries", action="reorder", count=100)
            site.control("next", outcome="wait", deliveries=4)
            with Purchase(site, open_event(), quantity=2) as bought:
                bought.check_out(provider)
                bought.press("pay")
                site.until(lambda: site.look("deliveries", state="held"), what="callbacks held back")
                self.all_at_once(site, bought)
                bought.ends_well()
                told |= self.told_once(bought)
        assert len(told) >= 3, f"a race needs more than {told}"

    def all_at_once(self, site: Stack, bought: Purchase) -> None:
        payment, token = bought.payment.pk, bought.order.token
        ways: list[Callable[[], object]] = [
            lambda: site.control("deliveries", action="release"),
            *[lambda: bought.buyer.client.get(f"/orders/{token}/return/").raise_for_status()] * 3,
            *[lambda: settle_payment(payment_id=payment, source="query")] * 3,
            *[reconcile] * 2,
        ]
        starting = threading.Barrier(len(ways))

        def take(way: Callable[[], object]) -> None:
            try:
                for _ in range(3):
                    starting.wait(timeout=180)
                    # The moment has come to look at it, and nobody has asked a moment ago.
                    Payment.objects.filter(pk=payment).update(checked_at=None, next_check_at=clock.now())
                    way()
                    if Payment.objects.get(pk=payment).status == "succeeded":
                        mark_paid(payment_id=str(payment))
            finally:
                connection.close()

        with ThreadPoolExecutor(len(ways)) as racers:
            list(racers.map(take, ways))

    def told_once(self, bought: Purchase) -> set[str]:
        """Everybody's answer is in the story, the conclusion once. Returns who had something to say."""
        story = list(bought.payment.events.all())
        assert len([line for line in story if line.kind == "moved" and line.data["after"] == "succeeded"]) == 1
        news = OutboxEvent.objects.filter(topic="payments.succeeded", payload__payment_id=str(bought.payment.pk))
        assert news.count() == len({fact.handler for fact in news})
        for topic in ("commerce.order_paid", "commerce.order_fulfilled"):
            told = OutboxEvent.objects.filter(topic=topic, payload__order_code=bought.order.code)
            handlers = list(told.values_list("handler", flat=True))
            assert handlers
            assert len(handlers) == len(set(handlers)), "a fact was stated twice"
        return {line.source for line in story if line.kind in ("outcome", "message")}
