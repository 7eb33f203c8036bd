"""A part of an M-Pesa payment goes back as a transfer to the payer's phone: one transfer per attempt."""

import uuid

from django.db import transaction

from marketplace.core.errors import Refusal
from marketplace.payments.disbursements import create_disbursement
from marketplace.payments.errors import PayerUnknown
from marketplace.payments.models import Disbursement, Refund
from marketplace.payments.providers.base import RefundOutcome
from marketplace.payments.services.record_refund import lock, record_refund

Paid = Disbursement.Status
PURPOSE = "refund"


@transaction.atomic
def transfer_refund(*, refund_id: uuid.UUID | str, source: str) -> Refund:
    """Write the transfer that carries it; the rail is asked after commit. Idempotent by the transfer's key."""
    refund = lock(refund_id)
    if refund.status != Refund.Status.CREATED:
        return refund
    try:
        refund.disbursement = _create(refund)
    except Refusal as refusal:
        no = RefundOutcome("failed", code=refusal.code, text=str(refusal))
        return record_refund(refund_id=refund.pk, outcome=no, source=source)
    refund.save(update_fields=["disbursement"])
    sent = RefundOutcome("sent", answer={"transfer": refund.disbursement.key})
    return record_refund(refund_id=refund.pk, outcome=sent, source=source)


def _create(refund: Refund) -> Disbursement:
    client = getattr(refund.payment, "client", None)
    if client is None or not client.phone:
        raise PayerUnknown
    return create_disbursement(
        key=transfer_key(refund, refund.attempt),
        rail=Disbursement.Rail.MPESA_B2C,
        amount=refund.amount,
        destination={"phone": client.phone},
        hint=f"M-Pesa ...{client.phone[-3:]}",
        purpose=PURPOSE,
        reference=refund.payment.reference,
    )


def transfer_key(refund: Refund, attempt: int) -> str:
    return f"refund-{refund.pk.hex}-{attempt}"


def paid_meanwhile(refund: Refund) -> bool:
    """Its transfer has been paid, and the news of it is on its way to the refund."""
    return refund.disbursement is not None and refund.disbursement.status == Paid.PAID


@transaction.atomic
def follow_transfer(*, disbursement_id: uuid.UUID | str, source: str) -> Refund | None:
    """What became of the transfer is what became of the refund. None for one that carries no refund any more.

    A refund that was given back by hand, or tried again, goes its own way: an old transfer's fate is not its own.
    """
    carried = Refund.objects.filter(disbursement__pk=disbursement_id).values_list("pk", flat=True).first()
    refund = lock(carried) if carried else None
    if refund is None or str(refund.disbursement_id) != str(disbursement_id) or refund.method != Refund.Method.B2C:
        return None
    transfer = Disbursement.objects.get(pk=disbursement_id)
    if transfer.status == Paid.PAID:
        outcome = RefundOutcome("succeeded", receipt=transfer.receipt)
    elif transfer.status in (Paid.FAILED, Paid.CANCELLED):
        # Only what the rail itself says came back undoes a success, and then the transfer has moved from paid.
        code = transfer.failure_code or str(transfer.status)
        outcome = RefundOutcome("failed", code=code, text=transfer.failure_text, undoes=True)
    else:
        outcome = RefundOutcome("unknown", code=transfer.failure_code)
    return record_refund(refund_id=refund.pk, outcome=outcome, source=source, attempt=refund.attempt)
