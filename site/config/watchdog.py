"""A worker that hears nothing any more ends itself, and whoever keeps the programs running starts it anew.

Beat asks for something every few seconds, so a worker with a hand free that receives nothing for a minute has lost its
ear, not its work: seen with Redis killed several times in a row, after which the consumer sat on a closed channel for
good while its process looked well. Nothing is lost by ending it: a message is acknowledged only when its task is done.
"""

import logging
import os
import threading
import time
from typing import Any

from celery import Celery
from celery.signals import task_received, worker_ready
from celery.worker import state
from django.conf import settings

logger = logging.getLogger(__name__)
EXIT_STATUS = 75
"""EX_TEMPFAIL: try again."""
LOOKS = 12
"""Silence is counted in looks, not on a clock: a machine that stood still has not been silent."""


class Ear:
    """What a worker has heard. `hands` is how many messages it takes at a time."""

    def __init__(self, app: Celery, hands: int) -> None:
        self.app, self.hands = app, hands
        self.heard = self.seen = self.silences = 0

    def hear(self, **_: Any) -> None:
        """A message arrived."""
        self.heard += 1

    def deaf(self) -> bool:
        """Look once more: has nothing come for `LOOKS` looks in a row that should have come?"""
        news, self.seen = self.heard != self.seen, self.heard
        self.silences = 0 if news or self._busy() or not self._broker_answers() else self.silences + 1
        return self.silences >= LOOKS

    def _busy(self) -> bool:
        """Whoever has its hands full takes no message, however many there are."""
        return len(state.reserved_requests) >= self.hands

    def _broker_answers(self) -> bool:
        try:
            with self.app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0.2)
        except Exception:  # noqa: BLE001 (whatever it is, the broker is not there: the silence is its own)
            return False
        return True


def watch(app: Celery) -> None:
    """Let every worker of this app watch itself from the moment it is ready."""

    def begin(sender: Any, **_: Any) -> None:
        most = silence_seconds()
        if not most:
            return
        ear = Ear(app, sender.initial_prefetch_count)
        task_received.connect(ear.hear, weak=False, dispatch_uid="watchdog.hear")
        threading.Thread(target=_listen, args=(ear, most), daemon=True, name="watchdog").start()

    worker_ready.connect(begin, weak=False, dispatch_uid="watchdog.begin")


def silence_seconds() -> float:
    """How long a worker may hear nothing; 0: for ever."""
    return float(getattr(settings, "WORKER_SILENCE_SECONDS", 60))


def _listen(ear: Ear, most: float) -> None:
    while not ear.deaf():
        time.sleep(most / LOOKS)
    logger.critical("no message for %d seconds although the broker answers: ending, to be started anew", most)
    logging.shutdown()
    os._exit(EXIT_STATUS)
