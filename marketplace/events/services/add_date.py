from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce.models import StockPool
from marketplace.commerce.services import create_pool
from marketplace.events.models import EventPage, Occurrence
from marketplace.events.plan import DatePlan
from marketplace.events.services.settle_page import settle_page


def add_date(*, event: EventPage, plan: DatePlan, actor_id: int | None) -> Occurrence:
    """Give an event one more date. Raises `DateInvalid`."""
    plan.check()
    with transaction.atomic():
        event = settle_page(event)
        row = Occurrence(event=event, start=plan.start, end=plan.end, doors=plan.doors, note=plan.note)
        row.capacity_pool = whole_venue(event, row, plan.capacity, actor_id)
        row.save()
        record(action="date.created", target=row, actor_id=actor_id, data={"after": logged(row)})
    return row


def whole_venue(event: EventPage, row: Occurrence, capacity: int | None, actor_id: int | None) -> StockPool | None:
    """The pool that counts everybody on a date."""
    if capacity is None:
        return None
    name = f"{event.title}, {row.local(row.start):%d %b %Y %H:%M}"
    return create_pool(seller=event.seller, name=name, capacity=capacity, actor_id=actor_id)


def logged(row: Occurrence) -> dict[str, str | None]:
    """What the activity log keeps of a date."""
    return {
        "start": row.start.isoformat(),
        "end": row.end.isoformat(),
        "doors": row.doors.isoformat() if row.doors else None,
        "status": str(row.status),
        "note": row.note,
    }
