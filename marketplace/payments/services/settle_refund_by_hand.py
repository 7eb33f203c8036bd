import uuid

from django.db import transaction

from marketplace.payments.errors import EvidenceMissing, NotRefundable, PaymentDisputed
from marketplace.payments.models import PaymentEvent, Refund
from marketplace.payments.services.record_refund import lock, succeed
from marketplace.payments.services.send_refund import waits_for_bank
from marketplace.payments.services.story import tell
from marketplace.payments.services.transfer_refund import paid_meanwhile

OPERATOR = str(PaymentEvent.Source.OPERATOR)


@transaction.atomic
def settle_refund_by_hand(*, refund_id: uuid.UUID | str, evidence: str, actor_id: int | None) -> Refund:
    """Someone paid it back another way and says how: the last resort, booked from the bank.

    Only when it has failed, or when nobody can tell and a person has looked at the provider's own books. Refuses:
    `evidence_missing`, `not_refundable`, `payment_disputed`.
    """
    if not evidence.strip():
        raise EvidenceMissing
    refund = lock(refund_id)
    if refund.status not in (Refund.Status.FAILED, Refund.Status.UNKNOWN):
        raise NotRefundable(reason="not_failed")
    if waits_for_bank(refund):
        raise PaymentDisputed
    if paid_meanwhile(refund):
        raise NotRefundable(reason="paid_meanwhile")
    refund.method, refund.evidence = Refund.Method.MANUAL, evidence.strip()
    refund.attempt += 1
    refund.next_check_at = None
    refund.save(update_fields=["method", "evidence", "attempt", "next_check_at"])
    tell(refund.payment, source=OPERATOR, kind="refund_by_hand", refund=refund.pk, actor=actor_id)
    succeed(refund, source=OPERATOR)
    return refund
