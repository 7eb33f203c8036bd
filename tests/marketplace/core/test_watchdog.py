"""When a worker counts as deaf: only when messages should have come, and for long enough."""

from types import SimpleNamespace

import pytest
from celery import Celery
from celery.worker import state

from config.watchdog import LOOKS, Ear
from tests.services import free_port


@pytest.fixture
def app() -> Celery:
    return Celery("some worker's", broker="memory://", set_as_current=False)


def test_a_worker_that_hears_nothing_is_deaf_after_so_many_looks(app: Celery):
    ear = Ear(app, hands=4)
    assert [ear.deaf() for _ in range(LOOKS)] == [False] * (LOOKS - 1) + [True]


def test_every_message_starts_the_count_again(app: Celery):
    ear = Ear(app, hands=4)
    for _ in range(2):
        assert not any(ear.deaf() for _ in range(LOOKS - 1))
        ear.hear()
    assert not any(ear.deaf() for _ in range(LOOKS))
    assert ear.deaf()


def test_full_hands_are_no_silence(app: Celery):
    ear, tasks = Ear(app, hands=2), [Task(), Task()]
    state.reserved_requests.update(tasks)
    assert not any(ear.deaf() for _ in range(2 * LOOKS))
    state.reserved_requests.discard(tasks.pop())
    assert [ear.deaf() for _ in range(LOOKS)][-1], "one hand is free and takes nothing"


def test_a_broker_that_is_not_there_is_silent_itself():
    app = Celery("some worker's", broker=f"redis://127.0.0.1:{free_port()}/0", set_as_current=False)
    ear = Ear(app, hands=4)
    assert not any(ear.deaf() for _ in range(LOOKS + 1))


class Task(SimpleNamespace):
    """Something a worker holds."""

    __hash__ = object.__hash__
