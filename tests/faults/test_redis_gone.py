"""Redis carries wake-up calls and cached pages, never the truth: without it the shop is slower to deliver, no more."""

import signal
import time
from collections.abc import Iterator

import pytest

from marketplace.core.models import OutboxEvent
from tests.buyer import Buyer
from tests.factories.shop import open_event
from tests.purchase import Purchase
from tests.services import RedisServer
from tests.stack import Stack

OUTAGE = 20.0
PATIENCE = 60.0
"""Seconds a page may take while Redis is away."""


@pytest.fixture
def redis(broker: RedisServer | None) -> Iterator[RedisServer]:
    if broker is None:
        pytest.skip("no redis-server on this machine: install it to see what happens without")
    yield broker
    if broker.process is None:
        broker.start()


class TestRedisGone:
    def test_sales_go_on_and_everything_is_delivered_when_it_is_back(self, site: Stack, redis: RedisServer) -> None:
        event = open_event()
        with Purchase(site, event) as begun, Purchase(site, event) as phone, Purchase(site, event) as card:
            begun.check_out()
            gone = time.monotonic()
            redis.stop()
            begun.press("pay")
            phone.check_out()
            phone.press("pay")
            card.check_out("stripe")
            card.press("pay")
            for bought in (begun, phone, card):
                assert "Thank you" in bought.page("return/").text
            self.answers_all_the_while(site, event.path, until=gone + OUTAGE)
            undelivered = OutboxEvent.objects.filter(topic="payments.succeeded", delivered_at=None)
            assert undelivered.count() >= 3, "the facts wait in the database"
            redis.start()
            for bought in (begun, phone, card):
                bought.ends_well()
            assert event.counted() == (0, 3)

    def test_a_redis_that_answers_nobody_slows_pages_down_but_breaks_none(
        self, site: Stack, redis: RedisServer
    ) -> None:
        assert redis.process is not None
        with Purchase(site, open_event()) as bought:
            redis.process.send_signal(signal.SIGSTOP)
            try:
                asked = time.monotonic()
                bought.check_out()
                assert time.monotonic() - asked < PATIENCE * bought.buyer.requests
                bought.press("pay")
                assert "Thank you" in bought.page("return/").text
            finally:
                redis.process.send_signal(signal.SIGCONT)
            bought.ends_well()

    def answers_all_the_while(self, site: Stack, path: str, *, until: float) -> None:
        with Buyer(site.base_url) as visitor:
            while time.monotonic() < until:
                asked = time.monotonic()
                assert visitor.open(path).status == 200
                assert visitor.open("/cart/").status == 200
                assert time.monotonic() - asked < PATIENCE
                time.sleep(1)
