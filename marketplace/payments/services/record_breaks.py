import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction

from marketplace.core import clock
from marketplace.payments.models import Break
from marketplace.payments.reconciliation.compare import Day, Difference

Identity = tuple[str, str]
SAME = ("kind", "ours_minor", "theirs_minor", "currency")
"""What must change for a case that somebody explained to come back."""


def record_breaks(*, provider: str, day: dt.date, found: Day) -> None:
    """Open, refresh and close cases after one comparison. The same thing is the same case, whatever differs about it.

    A case closes by itself only here, and only when the comparison looked at its object and found no difference.
    """
    wrong = {(one.pair.item, one.pair.name): one for one in found.differences}
    for one in sorted(wrong.values(), key=lambda one: (one.pair.item, one.pair.name)):
        _record(provider, day, one)
    agreed = {(pair.item, pair.name) for pair in found.pairs if pair.theirs} - wrong.keys()
    _close(provider, day, agreed, wrong.keys())


def _record(provider: str, day: dt.date, found: Difference) -> None:
    identity = {"provider": provider, "item": found.pair.item, "name": found.pair.name}
    case = Break.objects.select_for_update(no_key=True, of=("self",)).filter(**identity).first()
    if case is None:
        try:
            with transaction.atomic():
                Break.objects.create(**identity, day=day, seen_at=clock.now(), **_facts(found))
        except IntegrityError:  # somebody else compared the same day: they opened it
            return
        return
    before = [getattr(case, name) for name in SAME]
    for name, value in _facts(found).items():
        setattr(case, name, value)
    case.seen_at = clock.now()
    unchanged = before == [getattr(case, name) for name in SAME]
    if case.resolved_at is not None and not (case.closed_by and unchanged):
        case.resolved_at, case.closed_by, case.times = None, None, case.times + 1
        case.opened_at = clock.now()
    case.save()


def _facts(found: Difference) -> dict[str, object]:
    mine = found.pair.ours
    return {
        "kind": found.kind, "currency": found.currency, "ours_minor": found.ours_minor,
        "theirs_minor": found.theirs_minor, "says": found.says[:200], "ours": mine.ours[:60] if mine else "",
        "payment_id": mine.payment_id if mine else None,
    }  # fmt: skip


def _close(provider: str, day: dt.date, agreed: Collection[Identity], wrong: Collection[Identity]) -> None:
    """What both sides have alike now; and of this day whatever neither side has any more."""
    open_ones = Break.objects.select_for_update(no_key=True, of=("self",)).filter(provider=provider, resolved_at=None)
    over = [
        one.pk
        for one in open_ones.order_by("pk")
        if (one.item, one.name) in agreed or (one.day == day and (one.item, one.name) not in wrong)
    ]
    Break.objects.filter(pk__in=over).update(resolved_at=clock.now(), closed_by=None, seen_at=clock.now())
