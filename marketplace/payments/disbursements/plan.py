"""When the reconciler looks at a disbursement next. Pure: times in, time out."""

import datetime as dt

from marketplace.payments.models import Disbursement
from marketplace.payments.rails import rail

Status = Disbursement.Status
LIVE = frozenset({Status.CREATED, Status.SENT, Status.UNKNOWN})
SENDING_SECONDS = 30
"""From the intent until someone asks whether anybody sent it. Longer than a call may take."""
RETRIES = (30, 60, 120, 300, 900, 1800)
"""Seconds between tries while the rail certainly has not heard of it; then as often as the last."""
AFTERTHOUGHTS = (60, 300, 1800, 6 * 3600)
"""Seconds after the outcome at which it is asked about once more: for the fee, and for an outcome that wavers."""
EVERY = dt.timedelta(hours=1)
EVERY_DAY_AFTER = dt.timedelta(days=2)
"""How long nobody's answer is asked for every hour; then once a day, and a person has long been told."""


def next_check(disbursement: Disbursement, *, now: dt.datetime) -> dt.datetime | None:
    """The next moment to look; None when there is nothing left to ask, or nobody who could be asked."""
    way = rail(disbursement.rail)
    if not way.automatic:
        return None
    if disbursement.status == Status.CREATED and disbursement.sent_at is None:
        return now + dt.timedelta(seconds=RETRIES[min(disbursement.checks, len(RETRIES) - 1)])
    start = disbursement.sent_at or disbursement.created_at
    if disbursement.status in LIVE:
        hourly = now + (EVERY if now < start + EVERY_DAY_AFTER else dt.timedelta(days=1))
        return _first_after(now, start, way.checks) or hourly
    if disbursement.status == Status.CANCELLED or _needs_no_afterthought(disbursement):
        return None
    return _first_after(now, disbursement.settled_at or now, AFTERTHOUGHTS)


def _needs_no_afterthought(disbursement: Disbursement) -> bool:
    """Paid, and what it cost is known. A refusal at the door leaves nothing to ask about either."""
    if disbursement.status == Status.PAID:
        return disbursement.fee_minor is not None
    return disbursement.external_id is None


def _first_after(now: dt.datetime, start: dt.datetime, seconds: tuple[int, ...]) -> dt.datetime | None:
    moments = (start + dt.timedelta(seconds=s) for s in seconds)
    return next((moment for moment in moments if moment > now), None)
