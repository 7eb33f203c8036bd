import datetime as dt
from collections import defaultdict

from django.db import transaction

from marketplace.core import clock
from marketplace.ledger.accounts import clearing
from marketplace.notifications.services import clear_alert, raise_alert
from marketplace.payments.models import Break, ReconciliationRun, StatementLine
from marketplace.payments.providers import provider as provider_of
from marketplace.payments.providers.base import Refused, Silent, outside_transaction
from marketplace.payments.providers.statements import ASKED, ask
from marketplace.payments.reconciliation import stated
from marketplace.payments.reconciliation.compare import Day, compare
from marketplace.payments.services.record_breaks import record_breaks

Run = ReconciliationRun
LATE = dt.timedelta(hours=2)
"""A provider may write a movement down a little after it happened, across midnight."""
BACK = dt.timedelta(days=1)


def reconcile_day(*, provider: str, day: dt.date, actor_id: int | None = None) -> Run:
    """Ask the provider what moved on a day of its own, keep that, and compare it with what we say.

    What differs becomes a case (`Break`); a case on which both sides agree now is closed. Nothing is mended. Safe to
    run again at any time, also by several at once. The provider is asked outside any transaction.
    """
    outside_transaction()
    run = Run.objects.create(provider=provider, day=day, actor_id=actor_id)
    if provider in ASKED and (trouble := _fetch(run)):
        return _end(run, Run.Status.FAILED, note=trouble)
    return _compare(run)


def _fetch(run: Run) -> str:
    """Keep what the provider states of the day; why not, if it does not say."""
    since, until = stated.bounds(run.provider, run.day)
    before = Run.objects.filter(provider=run.provider, day=run.day - BACK).exclude(
        status__in=(Run.Status.FAILED, Run.Status.RUNNING)
    )
    try:
        found = ask(run.provider, since if before.exists() else since - BACK, min(until + LATE, clock.now() + LATE))
    except Silent as silence:
        return str(silence)[:300]
    except Refused as refusal:
        return str(refusal)[:300]
    stated.keep(run.provider, found.lines)
    return ""


def _compare(run: Run) -> Run:
    day = compare(run.provider, run.day)
    with transaction.atomic():
        record_breaks(provider=run.provider, day=run.day, found=day)
        run.ours_count = sum(pair.ours is not None and pair.ours.settled for pair in day.pairs)
        run.theirs_count = sum(pair.theirs is not None and pair.theirs.moved for pair in day.pairs)
        run.sums = _sums(day)
        run.breaks = Break.objects.filter(provider=run.provider, day=run.day, resolved_at=None).count()
        status = Run.Status.DIFFERS if run.breaks else Run.Status.AGREED
        if day.waiting or not (run.provider in ASKED or _has_lines(run)):
            status, run.note = Run.Status.NO_STATEMENT, f"{day.waiting} of ours wait for a statement"
        _tell_people(run.provider)
        return _end(run, status, note=run.note)


def _has_lines(run: Run) -> bool:
    since, until = stated.bounds(run.provider, run.day)
    return StatementLine.objects.filter(provider=run.provider, at__gte=since, at__lt=until).exists()


def _sums(day: Day) -> dict[str, dict[str, int]]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"ours": 0, "theirs": 0, "fees_ours": 0, "fees_theirs": 0})
    for pair in day.pairs:
        if pair.ours is not None and pair.ours.settled:
            sums[pair.ours.currency]["ours"] += pair.ours.minor
            sums[pair.ours.currency]["fees_ours"] += pair.ours.fee_minor or 0
        if pair.theirs is not None and pair.theirs.moved:
            sums[pair.theirs.currency]["theirs"] += pair.theirs.minor
            sums[pair.theirs.currency]["fees_theirs"] += pair.theirs.fee_minor
    return dict(sums)


def _end(run: Run, status: str, *, note: str) -> Run:
    run.status, run.note, run.ended_at = status, note[:300], clock.now()
    run.save()
    return run


def _tell_people(provider: str) -> None:
    """One alert per provider while any case is open; it ends with the last one."""
    key = f"reconciliation:{provider}"
    open_ones = Break.objects.filter(provider=provider, resolved_at=None)
    count = open_ones.count()
    if not count:
        clear_alert(key=key)
        return
    newest = ", ".join(f"{one.name} ({one.kind}, {one.difference})" for one in open_ones.order_by("-opened_at")[:5])
    raise_alert(
        code="reconciliation_break", key=key,
        subject=f"{provider_of(provider).label} and our books differ, open cases: {count}",
        text=f"Open cases on {clearing(provider).code}: {count}. Newest: {newest}. See Reconciliation in the admin.",
    )  # fmt: skip
