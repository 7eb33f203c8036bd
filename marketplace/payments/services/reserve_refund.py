import uuid

from django.db import transaction

from marketplace.core import clock, outbox
from marketplace.core.idempotency import KeyReused
from marketplace.payments.models import Payment, Refund
from marketplace.payments.refundable import check, check_way, way_back
from marketplace.payments.services.story import tell

AUTO = "auto"
SENDING_SECONDS = 30
"""From the intent until the reconciler asks whether anybody sent it."""


@transaction.atomic
def reserve_refund(
    *, payment_id: uuid.UUID | str, amount_minor: int, key: str, reason: str, method: str = AUTO, evidence: str = "",
) -> Refund:  # fmt: skip
    """Set a part of a payment aside to be given back and write the intent; it is sent after commit.

    Call it in the transaction that decides and books the refund (Dr what bears it / Cr 2410). `amount_minor` is in
    the payment's currency. Idempotent by `key`, for good: with another payment or amount it raises `KeyReused`.
    `method`: `auto`, `provider`, `b2c`, or `manual` with `evidence` of what was done already.
    Refuses: `over_refund`, `not_refundable`, `payment_disputed`, `payer_unknown`, `evidence_missing`.
    """
    payment = Payment.locked(payment_id)
    found = Refund.objects.filter(key=key).first()
    if found is not None:
        if found.payment_id != payment.pk or found.amount_minor != amount_minor:
            raise KeyReused
        return found
    check(payment, amount_minor)
    method = way_back(payment, amount_minor) if method == AUTO else method
    check_way(payment, amount_minor, method, evidence)
    return _write(payment, amount_minor, key=key, method=method, reason=reason[:120], evidence=evidence.strip())


def _write(payment: Payment, amount_minor: int, **fields: str) -> Refund:
    payment.refunded_minor += amount_minor
    payment.save(update_fields=["refunded_minor"])
    refund = Refund.objects.create(
        payment=payment, amount_minor=amount_minor, status=Refund.Status.CREATED,
        next_check_at=clock.in_seconds(SENDING_SECONDS), **fields,
    )  # fmt: skip
    tell(payment, source="operator", kind="refund_intent", refund=refund.pk, amount_minor=amount_minor,
         method=refund.method)  # fmt: skip
    outbox.publish("payments.refund_created", refund_id=str(refund.pk))
    return refund
