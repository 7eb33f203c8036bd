"""How long providers take to answer: one row per call, written after it, outside transactions, never failing it."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from marketplace.payments.models import ProviderCall
from marketplace.payments.providers.base import Refused, Silent, Unavailable

logger = logging.getLogger(__name__)


class Call:
    """The call under way. Who makes it may say `refused` when the answer is no exception."""

    def __init__(self) -> None:
        self.answer = "ok"


@contextmanager
def measured(provider: str, operation: str) -> Iterator[Call]:
    """Measure the block. Its own errors pass through untouched and are noted by their kind."""
    call, started = Call(), time.monotonic()
    try:
        yield call
    except Unavailable:
        call.answer = "unavailable"
        raise
    except Refused:
        call.answer = "refused"
        raise
    except Silent:
        call.answer = "silent"
        raise
    finally:
        _note(provider, operation, call.answer, round((time.monotonic() - started) * 1000))


def _note(provider: str, operation: str, answer: str, milliseconds: int) -> None:
    try:
        ProviderCall.objects.create(
            provider=provider, operation=operation[:40], milliseconds=milliseconds, answer=answer
        )
    except DatabaseError:
        logger.warning("a call of %s %s could not be noted", provider, operation, exc_info=True)
