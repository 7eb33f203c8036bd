"""A worker that hears nothing any more ends itself, and whoever keeps the programs running starts it anew.

Beat asks for something every few seconds, so a worker that receives nothing for a minute has lost its ear, not its
work: seen with Redis killed several times in a row, after which the consumer sat on a closed channel for good while
its process looked well. Nothing is lost by ending it: a message is acknowledged only when its task is done.
"""

import logging
import os
import threading
import time
from typing import Any

from celery import Celery
from celery.signals import task_received, worker_ready
from django.conf import settings

logger = logging.getLogger(__name__)
EXIT_STATUS = 75
"""EX_TEMPFAIL: try again."""

_heard = time.monotonic()


def watch(app: Celery) -> None:
    """Let every worker of this app watch itself from the moment it is ready."""

    def begin(**_: Any) -> None:
        hear()
        threading.Thread(target=_listen, args=(app, silence_seconds()), daemon=True, name="watchdog").start()

    task_received.connect(hear, weak=False, dispatch_uid="watchdog.hear")
    worker_ready.connect(begin, weak=False, dispatch_uid="watchdog.begin")


def silence_seconds() -> float:
    """How long a worker may hear nothing; 0: for ever."""
    return float(getattr(settings, "WORKER_SILENCE_SECONDS", 60))


def hear(**_: Any) -> None:
    """A message arrived."""
    global _heard
    _heard = time.monotonic()


def _listen(app: Celery, most: float) -> None:
    while most:
        time.sleep(min(most / 4, 5.0))
        if time.monotonic() - _heard < most:
            continue
        if not _broker_answers(app):
            hear()  # the silence is the broker's
            continue
        logger.critical("no message for %d seconds although the broker answers: ending, to be started anew", most)
        logging.shutdown()
        os._exit(EXIT_STATUS)


def _broker_answers(app: Celery) -> bool:
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0.2)
    except Exception:  # noqa: BLE001 (whatever it is, the broker is not there)
        return False
    return True
