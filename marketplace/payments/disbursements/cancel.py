import uuid

from django.db import transaction

from marketplace.payments.disbursements import move
from marketplace.payments.disbursements.story import OPERATOR, tell
from marketplace.payments.errors import NotCancellable
from marketplace.payments.models import Disbursement


@transaction.atomic
def cancel_disbursement(*, disbursement_id: uuid.UUID | str, actor_id: int | None) -> Disbursement:
    """Take one back that the rail certainly has not heard of. Refuses: `not_cancellable`."""
    disbursement = Disbursement.locked(disbursement_id)
    if disbursement.status == Disbursement.Status.CANCELLED:
        return disbursement
    if disbursement.status != Disbursement.Status.CREATED or disbursement.sent_at or disbursement.bank_file_id:
        raise NotCancellable
    tell(disbursement, source=OPERATOR, kind="cancelled", actor=actor_id)
    move.cancel(disbursement, source=OPERATOR)
    disbursement.next_check_at = None
    disbursement.save(update_fields=["next_check_at"])
    return disbursement
