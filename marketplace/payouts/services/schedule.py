"""When a seller's next payout is due."""

import datetime as dt

from django.utils import timezone

from marketplace.payments.rails import rail as rail_of
from marketplace.payouts.models import Payout, PayoutRun, Terms

Schedule = Terms.Schedule


def period_start(schedule: str, now: dt.datetime) -> dt.datetime:
    """When the current period began, in the site's own zone: today, Monday, or the first of the month."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if schedule == Schedule.WEEKLY:
        return midnight - dt.timedelta(days=midnight.weekday())
    return midnight.replace(day=1) if schedule == Schedule.MONTHLY else midnight


def next_period(schedule: str, now: dt.datetime) -> dt.datetime:
    """When the next period begins."""
    start = period_start(schedule, now)
    if schedule == Schedule.MONTHLY:
        return (start + dt.timedelta(days=32)).replace(day=1)
    return start + dt.timedelta(days=7 if schedule == Schedule.WEEKLY else 1)


def is_due(*, schedule: str, now: dt.datetime, last_run: dt.datetime | None, last: Payout | None) -> bool:
    """No run of the calendar has come by in this period, or the last payout did not arrive, or not whole.

    A missed Monday is made up for on Tuesday; what failed is proposed again at the next run, under a new code.
    """
    if last is not None and (last.status in UNDONE or _was_cut(last)):
        return True
    if schedule == Schedule.ON_REQUEST:
        return False
    return last_run is None or last_run < period_start(schedule, now)


UNDONE = (Payout.Status.FAILED, Payout.Status.CANCELLED)


def _was_cut(payout: Payout) -> bool:
    """The rail's largest amount was less than what was available: the rest need not wait for another week."""
    if not payout.is_paid or not payout.carried_minor:
        return False
    return payout.carried_minor >= rail_of(payout.destination.rail).limits(payout.currency)[0]


def last_scheduled_run() -> dt.datetime | None:
    """When the calendar's last whole run began."""
    return (
        PayoutRun.objects.filter(scheduled=True, finished_at__isnull=False)
        .order_by("-started_at")
        .values_list("started_at", flat=True)
        .first()
    )
