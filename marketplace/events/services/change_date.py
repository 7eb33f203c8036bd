from django.db import transaction

from marketplace.audit.services import record
from marketplace.catalog.errors import NotPossibleNow
from marketplace.catalog.services import was_ordered
from marketplace.catalog.services.discard_offer import discard_pool
from marketplace.commerce.models import OfferPool
from marketplace.commerce.services import set_capacity
from marketplace.events.models import Occurrence, TicketType
from marketplace.events.plan import DatePlan
from marketplace.events.services.add_date import logged, whole_venue
from marketplace.events.services.called_off import follow_date
from marketplace.events.services.sync_offers import sync_offers

Status = Occurrence.Status


def change_date(*, occurrence_id: int, plan: DatePlan, actor_id: int | None) -> Occurrence:
    """Change when a date is, or for how many. One that was sold and gets another start counts as moved.

    Raises `DateInvalid`, `NotPossibleNow` for a cancelled date and `CapacityBelowSold`.
    """
    plan.check()
    with transaction.atomic():
        row = Occurrence.locked(occurrence_id)
        if row.status == Status.CANCELLED:
            raise NotPossibleNow
        before, old_start = logged(row), row.start
        row.start, row.end, row.doors, row.note = plan.start, plan.end, plan.doors, plan.note
        row.save(update_fields=["start", "end", "doors", "note"])
        _follow(row, moved=old_start != row.start)
        _resize(row, plan.capacity, actor_id)
        if before != logged(row):
            data = {"before": before, "after": logged(row)}
            record(action="date.changed", target=row, actor_id=actor_id, data=data)
        sync_offers(event=row.event, actor_id=actor_id, moved={row.pk: old_start})
    return row


def _follow(row: Occurrence, *, moved: bool) -> None:
    """A postponed date that is entered anew takes place again; buyers of a moved one were promised another."""
    if not moved and row.status != Status.POSTPONED:
        return
    sold = was_ordered(TicketType.objects.filter(occurrence=row).values_list("offer", flat=True))
    target = Status.MOVED if sold and moved else Status.SCHEDULED
    if row.can_move_to(target):
        row.move_to(target)
    follow_date(row)


def _resize(row: Occurrence, capacity: int | None, actor_id: int | None) -> None:
    pool = row.capacity_pool
    if capacity is not None and pool is not None:
        if pool.capacity != capacity:
            row.capacity_pool = set_capacity(pool_id=pool.pk, capacity=capacity, actor_id=actor_id)
    elif capacity != (pool.capacity if pool else None):
        row.capacity_pool = whole_venue(row.event, row, capacity, actor_id)
        row.save(update_fields=["capacity_pool"])
        if pool is not None:
            OfferPool.objects.filter(pool=pool).delete()
            discard_pool(pool)
