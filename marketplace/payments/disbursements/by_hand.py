import uuid

from django.db import transaction

from marketplace.core import clock
from marketplace.payments.disbursements import move
from marketplace.payments.disbursements.plan import next_check
from marketplace.payments.disbursements.story import OPERATOR, tell
from marketplace.payments.errors import EvidenceMissing, NotCancellable
from marketplace.payments.models import Disbursement

Status = Disbursement.Status


@transaction.atomic
def settle_by_hand(
    *, disbursement_id: uuid.UUID | str, paid: bool, evidence: str, actor_id: int | None, source: str = OPERATOR
) -> Disbursement:
    """A person says how it ended, and how they know: from the bank's statement, from the rail's own portal.

    For what a bank paid, and for what no rail can tell us about. It may also correct an earlier word: a bank sends
    money back days later. Nothing that was never sent can be paid. Refuses: `evidence_missing`, `not_cancellable`.
    """
    if not evidence.strip():
        raise EvidenceMissing
    disbursement = Disbursement.locked(disbursement_id)
    target = Status.PAID if paid else Status.FAILED
    if disbursement.status == target:
        return disbursement
    heard = disbursement.sent_at is not None or disbursement.bank_file_id is not None
    if not heard or not disbursement.can_move_to(target):
        raise NotCancellable
    tell(disbursement, source=source, kind="by_hand", paid=paid, evidence=evidence.strip(), actor=actor_id)
    if paid:
        move.pay(disbursement, source=source)
    else:
        move.fail(disbursement, "by_hand", evidence.strip(), source=source)
    disbursement.next_check_at = next_check(disbursement, now=clock.now())
    disbursement.save(update_fields=["next_check_at"])
    return disbursement
