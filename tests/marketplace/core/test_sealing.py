"""The sealer: everything committed, once, in whatever order it came, however often it is killed."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from marketplace.audit.models import LogEntry
from marketplace.core import clock, sealing
from marketplace.core.models import Seal, SealedRow
from marketplace.core.sealing import Chain
from marketplace.core.sealing.chains import chains
from marketplace.core.sealing.sealer import seal

LOG = next(chain for chain in chains() if chain.name == "audit.logentry")


def write(count: int = 1, action: str = "test.done") -> list[LogEntry]:
    rows = [LogEntry(action=action, target_type="x.y", target_id=str(n)) for n in range(count)]
    return LogEntry.objects.bulk_create(rows)


def seals() -> list[tuple[int, int]]:
    return list(Seal.objects.filter(chain=LOG.name).order_by("number").values_list("number", "count"))


def broken(**given: Any) -> list[str]:
    return [f"{found.where} {found.text}" for found in sealing.verify(LOG, **given)]


@pytest.mark.django_db
def test_nothing_new_makes_no_seal():
    assert seal(LOG) == 0
    write(3)
    assert (seal(LOG), seal(LOG)) == (3, 0)
    assert seals() == [(1, 3)]
    assert broken() == []


@pytest.mark.django_db
def test_seals_follow_each_other_and_tables_have_chains_of_their_own():
    for _ in range(3):
        write()
        seal(LOG)
    first, second, third = Seal.objects.order_by("number")
    assert (second.previous, third.previous) == (first.hash, second.hash)
    assert len({first.hash, second.hash, third.hash}) == 3
    assert sealing.heads() == {"audit.logentry": [3, third.hash]}
    assert {chain.name for chain in chains()} >= {
        "audit.logentry", "ledger.entry", "ledger.proofrun", "payments.disbursementevent", "payments.paymentevent",
    }  # fmt: skip


@pytest.mark.django_db
def test_many_rows_are_sealed_in_batches_and_a_run_has_an_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("marketplace.core.sealing.sealer.BATCH", 10)
    write(35)
    assert seal(LOG, limit=2) == 20
    assert seal(LOG) == 15
    assert seals() == [(1, 10), (2, 10), (3, 10), (4, 5)]
    assert broken() == []


@pytest.mark.django_db
def test_a_row_that_commits_late_is_sealed_with_the_next():
    """Its transaction began before rows that are sealed already."""
    late = clock.now() - dt.timedelta(minutes=20)
    write()
    seal(LOG)
    with time_machine.travel(late):
        write()
    assert seal(LOG) == 1


@pytest.mark.django_db
def test_a_row_that_commits_hours_late_is_found_at_night():
    hours_ago = clock.now() - dt.timedelta(hours=5)
    write()
    seal(LOG)
    with time_machine.travel(hours_ago):
        write()
    assert seal(LOG) == 0
    assert seal(LOG, everything=True) == 1
    assert broken() == []


@pytest.mark.django_db
def test_a_clock_that_ran_ahead_for_a_moment_hides_nothing_for_long():
    with time_machine.travel(clock.now() + dt.timedelta(days=3)):
        write()
    seal(LOG)
    write()
    assert seal(LOG) == 1


@pytest.mark.django_db
def test_a_row_without_a_seal_for_a_day_is_named():
    (row,) = write()
    assert broken() == []
    with time_machine.travel(clock.now() + dt.timedelta(days=1, minutes=1)):
        (found,) = broken()
        assert found.startswith(f"audit.logentry {row.pk} was written at")
        standing = next(found for found in sealing.standing() if found.chain == LOG.name)
        assert (standing.number, standing.waiting, standing.oldest_waiting) == (0, 1, row.at)


@pytest.mark.django_db
def test_a_column_added_later_breaks_no_old_seal():
    write()
    seal(Chain(LOG.name, LogEntry, "at", ("id", "at", "action"), "action"))
    write()
    seal(LOG)
    assert [seal.fields for seal in Seal.objects.order_by("number")] == ["id at action", " ".join(LOG.fields)]
    assert broken() == []


def test_a_killed_sealer_leaves_nothing_behind(committed_db: str, monkeypatch: pytest.MonkeyPatch):
    write(3)

    class Killed(BaseException):
        pass

    def die(*args: Any) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(SealedRow.objects, "bulk_create", die)
        with pytest.raises(Killed):
            seal(LOG)
    assert not Seal.objects.exists()
    assert seal(LOG) == 3
    assert broken() == []


def test_what_is_not_committed_is_not_sealed_and_then_it_is(committed_db: str, vendor: str):
    if vendor == "sqlite":
        pytest.skip("writers queue on SQLite: the sealer waits for the sale")
    inserted, looked = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            write(action="slow")
            inserted.set()
            looked.wait(60)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        sale = pool.submit(slow)
        inserted.wait(60)
        write(action="quick")
        assert seal(LOG) == 1
        looked.set()
        sale.result()
    assert seal(LOG) == 1
    assert broken() == []


def test_sealers_at_once_seal_every_row_once(committed_db: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("marketplace.core.sealing.sealer.BATCH", 20)
    write(200)
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        for _ in range(10):
            seal(LOG)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: work(), range(4)))
    seal(LOG)
    assert [number for number, _count in seals()] == list(range(1, len(seals()) + 1))
    assert sum(count for _number, count in seals()) == SealedRow.objects.count() == 200
    assert broken() == []
