"""Facts are delivered after commit, at least once, and a failing handler loses nothing."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction

from marketplace.core import clock, conf, outbox
from marketplace.core.models import OutboxEvent


@pytest.fixture
def heard(monkeypatch):
    got: list[int] = []
    monkeypatch.setattr(outbox, "_handlers", {})

    @outbox.on("test.said")
    def listen(number: int) -> None:
        got.append(number)

    return got


@pytest.mark.django_db
class TestDrain:
    def test_delivers_once_and_remembers(self, heard):
        outbox.publish("test.said", number=7)
        assert outbox.drain() == 1
        assert outbox.drain() == 0
        assert heard == [7]

    def test_a_fact_of_a_rolled_back_transaction_never_happened(self, heard):
        def undone() -> None:
            with transaction.atomic():
                outbox.publish("test.said", number=1)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            undone()
        outbox.drain()
        assert heard == []

    def test_each_handler_gets_its_own_delivery(self, heard):
        @outbox.on("test.said")
        def broken(number: int) -> None:
            raise ValueError("no")

        outbox.publish("test.said", number=3)
        assert outbox.drain() == 1
        assert heard == [3]
        waiting = OutboxEvent.objects.get(delivered_at=None)
        assert "ValueError: no" in waiting.last_error

    def test_a_failed_delivery_is_tried_again_later(self, heard):
        attempts = []

        @outbox.on("test.flaky")
        def flaky() -> None:
            attempts.append(1)
            if len(attempts) == 1:
                raise ConnectionError

        outbox.publish("test.flaky")
        assert outbox.drain() == 0
        assert outbox.drain() == 0, "not before its back-off is over"
        with time_machine.travel(clock.now() + dt.timedelta(seconds=2)):
            assert outbox.drain() == 1
        assert len(attempts) == 2

    def test_a_killed_workers_lease_runs_out(self, heard):
        outbox.publish("test.said", number=5)
        assert outbox._claim() is not None  # the worker dies here
        assert outbox.drain() == 0
        with time_machine.travel(clock.in_seconds(conf.outbox_lease_seconds() + 1)):
            assert outbox.drain() == 1
        assert heard == [5]
