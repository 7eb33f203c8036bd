from django.db import transaction

from marketplace.catalog.errors import NotPossibleNow
from marketplace.commerce.models import BulkRefund
from marketplace.commerce.services import Decision, start_bulk_refund
from marketplace.events.models import Occurrence
from marketplace.events.services.called_off import called_off, can_refund, hold_for, is_off


def refund_date(
    *, occurrence_id: int, number: int, decision: Decision, asked_by: str, actor_id: int | None
) -> BulkRefund:
    """Give all buyers of a date that was called off, put off or moved their answer. A second click starts nothing.

    Raises `NotPossibleNow` for a date that takes place as sold, and what `start_bulk_refund` refuses.
    """
    with transaction.atomic():
        date = Occurrence.locked(occurrence_id)
        if not can_refund(date):
            raise NotPossibleNow
        if is_off(date):
            hold_for(date)
        return start_bulk_refund(
            what=called_off(date), number=number, decision=decision, asked_by=asked_by, actor_id=actor_id
        )
