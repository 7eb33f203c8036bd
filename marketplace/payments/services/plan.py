"""When the reconciler looks at a payment next. Pure: times in, time out."""

import datetime as dt
from collections.abc import Iterable

from marketplace.payments.models import Payment
from marketplace.payments.providers import provider

CLOSE_WAITS = (15, 30, 60, 120, 300)
"""Seconds between attempts to close a payment past its deadline; after the last one it goes to review."""
AFTERTHOUGHTS = (60, 300, 900, 3600)
"""Seconds after settlement at which an answer that may still change is asked for again."""
REVIEW_EVERY = dt.timedelta(hours=1)
REVIEW_UNTIL = dt.timedelta(hours=24)
"""How long, from its start, a payment in review is still asked about; after that only a person can tell."""
STARTING_SECONDS = 30
"""From the intent until someone asks whether the process that wrote it is still there. Longer than a call may take."""


def next_check(payment: Payment, *, now: dt.datetime, again: bool) -> dt.datetime | None:
    """The next moment to ask the provider about it; None when there is nothing left to ask."""
    if payment.is_live:
        return _while_live(payment, now)
    if not again:
        return None
    if payment.status == Payment.Status.REVIEW:
        return now + REVIEW_EVERY if now < payment.created_at + REVIEW_UNTIL else None
    return _first_after(now, payment.settled_at or now, AFTERTHOUGHTS)


def _while_live(payment: Payment, now: dt.datetime) -> dt.datetime:
    if now < payment.deadline:
        early = _first_after(now, payment.created_at, provider(payment.provider).check_seconds)
        return min(early or payment.deadline, payment.deadline)
    wait = CLOSE_WAITS[min(payment.closings, len(CLOSE_WAITS)) - 1] if payment.closings else 0
    return now + dt.timedelta(seconds=wait)


def _first_after(now: dt.datetime, start: dt.datetime, seconds: Iterable[int]) -> dt.datetime | None:
    moments = (start + dt.timedelta(seconds=s) for s in seconds)
    return next((moment for moment in moments if moment > now), None)
