from django.db import transaction

from marketplace.core import clock
from marketplace.payments.errors import EvidenceMissing, NotNobodys
from marketplace.payments.models import PaybillReceipt


@transaction.atomic
def vouch_for_paybill(*, receipt_id: int, evidence: str, actor_id: int | None) -> PaybillReceipt:
    """A person saw the money in M-Pesa's own portal, which cannot be asked from here. The reconciler then matches it.

    Refuses: `evidence_missing`, `not_nobodys` when it has been matched or put aside already.
    """
    if not evidence.strip():
        raise EvidenceMissing
    row = PaybillReceipt.locked(receipt_id)
    if row.status == PaybillReceipt.Status.REFUSED:
        row.move_to(PaybillReceipt.Status.WAITING)
    if row.status != PaybillReceipt.Status.WAITING:
        raise NotNobodys
    row.verified_at = row.next_check_at = clock.now()
    row.note = f"vouched for by {actor_id}: {evidence.strip()}"[:300]
    row.save(update_fields=["verified_at", "next_check_at", "note"])
    return row
