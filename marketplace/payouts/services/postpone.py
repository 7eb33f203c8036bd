"""What others know about a service reaches the money it earns: no delivery, no release.

On what was released already nothing moves; but a payout that holds it is shown with a warning.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from marketplace.payouts.models import Earning
from marketplace.payouts.services.earn import release_at
from marketplace.payouts.services.take_back import lock_earnings


@transaction.atomic
def postpone_release(*, line_ids: Sequence[int], service_date: dt.datetime) -> int:
    """The service happens at another time: the money is held so many days after that. Returns how many changed."""
    earnings = lock_earnings(line_ids)
    for earning in earnings:
        earning.service_date = service_date
        if earning.status == Earning.Status.PENDING:
            earning.release_at = release_at(service_date, earning.earned_at, earning.hold_days)
    return Earning.objects.bulk_update(earnings, ["service_date", "release_at"], batch_size=500)


@transaction.atomic
def hold_earnings(*, line_ids: Sequence[int], reason: str) -> int:
    """Not released until let go, e.g. because the event was cancelled. The seller sees the reason."""
    return _set_reason(line_ids, reason[:200])


@transaction.atomic
def let_go_earnings(*, line_ids: Sequence[int]) -> int:
    """Released in their time again."""
    return _set_reason(line_ids, "")


def _set_reason(line_ids: Sequence[int], reason: str) -> int:
    earnings = lock_earnings(line_ids)
    for earning in earnings:
        earning.held_reason = reason
    return Earning.objects.bulk_update(earnings, ["held_reason"], batch_size=500)
