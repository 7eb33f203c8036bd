"""SQLite with several writers: they queue, nobody starves, nobody sees "database is locked"."""

import threading

import pytest
from django.db import connection, connections, transaction

from marketplace.core.models import RememberedAnswer


def test_writers_of_many_threads_all_get_their_turn(committed_db, vendor):
    if vendor != "sqlite":
        pytest.skip("about SQLite's single writer; PostgreSQL has none")
    RememberedAnswer.objects.create(scope="counter", key="0", body_hash="", answer=0)
    errors: list[Exception] = []

    def add_ten() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    row = RememberedAnswer.objects.select_for_update().get(scope="counter")
                    row.answer += 1
                    row.save()
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert RememberedAnswer.objects.get(scope="counter").answer == 80


def test_the_queue_is_left_when_a_transaction_fails(committed_db, vendor):
    if vendor != "sqlite":
        pytest.skip("about SQLite's single writer; PostgreSQL has none")

    def fail() -> None:
        with transaction.atomic():
            RememberedAnswer.objects.create(scope="x", key="y", body_hash="")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert connection._queue is None
