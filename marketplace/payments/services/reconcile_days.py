import datetime as dt
import logging

from marketplace.core import clock
from marketplace.payments import conf
from marketplace.payments.models import Break, ReconciliationRun
from marketplace.payments.reconciliation.stated import ZONES
from marketplace.payments.services.reconcile_day import reconcile_day

logger = logging.getLogger(__name__)
AGAIN_DAYS = 7
"""A day that could not be compared is tried again for so long."""
CASE_DAYS = 90
"""A day with open cases is looked at again for so long; after that when somebody asks."""


def reconcile_days() -> int:
    """Compare what is due with every provider: yesterday, days that failed, and days with open cases. How many."""
    done = 0
    for provider in conf.provider_paths():
        if provider not in ZONES:
            continue
        for day in due_days(provider):
            try:
                reconcile_day(provider=provider, day=day)
                done += 1
            except Exception:  # one day in trouble must not keep the others waiting
                logger.exception("%s of %s could not be reconciled", day, provider)
    return done


def due_days(provider: str) -> list[dt.date]:
    """Oldest first, so that yesterday's comparison finds the day before already kept. A day without news is done."""
    today = clock.now().astimezone(ZONES[provider]).date()
    recent = [today - dt.timedelta(days=back) for back in range(1, AGAIN_DAYS + 1)]
    compared = ReconciliationRun.objects.filter(provider=provider, day__in=recent).exclude(
        status__in=(ReconciliationRun.Status.FAILED, ReconciliationRun.Status.RUNNING)
    )
    cases = Break.objects.filter(
        provider=provider, resolved_at=None, day__gte=today - dt.timedelta(days=CASE_DAYS), day__lt=today
    )
    first = ReconciliationRun.objects.filter(provider=provider).order_by("day").values_list("day", flat=True).first()
    done = set(compared.values_list("day", flat=True))
    missed = {day for day in recent if day not in done and (day == recent[0] or (first is not None and day >= first))}
    return sorted({*missed, *cases.values_list("day", flat=True)})
