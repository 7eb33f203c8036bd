"""Work on many rows, each by itself: one in trouble keeps no seller's money waiting but its own."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from marketplace.notifications.services import raise_alert

T = TypeVar("T")
TRIES = 2
"""What failed once was most likely two at once on a seller's accounts, and is over by now."""

logger = logging.getLogger(__name__)


def one_by_one(rows: Iterable[T], work: Callable[[T], int], *, doing: str) -> int:
    """The sum of what `work` returns. For what breaks twice a person is told; `doing` says at what, in English."""
    done, broken = 0, 0
    for row in rows:
        found = _try(row, work, doing)
        done += found or 0
        broken += found is None
    if broken:
        raise_alert(
            code="payout_upkeep_problem",
            key=f"payout_upkeep_problem:{doing}",
            subject=f"Sellers' money: {doing} went wrong for {broken} of them",
            text="The worker's log names each and says why. It is tried again by itself; the others are not held up.",
        )
    return done


def _try(row: T, work: Callable[[T], int], doing: str) -> int | None:
    for _again in range(TRIES):
        try:
            return work(row)
        except Exception:
            logger.exception("%s: %s", doing, row)
    return None
