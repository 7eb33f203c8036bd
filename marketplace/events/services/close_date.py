from django.db import transaction

from marketplace.audit.services import record
from marketplace.catalog.errors import NotPossibleNow
from marketplace.events.models import Occurrence
from marketplace.events.services.called_off import hold_for
from marketplace.events.services.sync_offers import sync_offers


def cancel_date(*, occurrence_id: int, actor_id: int | None) -> Occurrence:
    """Call a date off for good; its tickets stop selling at once. Raises `NotPossibleNow`."""
    return _close(occurrence_id, Occurrence.Status.CANCELLED, "date.cancelled", actor_id)


def postpone_date(*, occurrence_id: int, actor_id: int | None) -> Occurrence:
    """Put a date off with no new one yet; its tickets stop selling until it has one. Raises `NotPossibleNow`."""
    return _close(occurrence_id, Occurrence.Status.POSTPONED, "date.postponed", actor_id)


def _close(occurrence_id: int, target: str, action: str, actor_id: int | None) -> Occurrence:
    with transaction.atomic():
        row = Occurrence.locked(occurrence_id)
        if not row.can_move_to(target):
            raise NotPossibleNow
        before = str(row.status)
        row.move_to(target)
        data = {"before": {"status": before}, "after": {"status": target}}
        record(action=action, target=row, actor_id=actor_id, data=data)
        hold_for(row)
        sync_offers(event=row.event, actor_id=actor_id)
    return row
