import uuid

from django.db import transaction

from marketplace.core import clock, outbox
from marketplace.payments.errors import NotRefundable, PaymentDisputed
from marketplace.payments.models import PaymentEvent, Refund
from marketplace.payments.refundable import check_way
from marketplace.payments.services.record_refund import lock
from marketplace.payments.services.reserve_refund import SENDING_SECONDS
from marketplace.payments.services.send_refund import waits_for_bank
from marketplace.payments.services.story import tell
from marketplace.payments.services.transfer_refund import paid_meanwhile

OPERATOR = str(PaymentEvent.Source.OPERATOR)


@transaction.atomic
def retry_refund(*, refund_id: uuid.UUID | str, actor_id: int | None, method: str | None = None) -> Refund:
    """Try a failed refund again, under a new key, perhaps another way. Only from `failed`: then nothing left us.

    `method`: `provider` or `b2c`; None for the same one. Refuses: `not_refundable`, `payment_disputed`,
    `payer_unknown`.
    """
    refund = lock(refund_id)
    if refund.status != Refund.Status.FAILED or method == Refund.Method.MANUAL:
        raise NotRefundable(reason="not_failed" if method != Refund.Method.MANUAL else "by_hand")
    if waits_for_bank(refund):
        raise PaymentDisputed
    if paid_meanwhile(refund):
        raise NotRefundable(reason="paid_meanwhile")
    refund.method = method or refund.method
    check_way(refund.payment, refund.amount_minor, refund.method)
    _begin_again(refund)
    tell(refund.payment, source=OPERATOR, kind="refund_retry", refund=refund.pk, actor=actor_id, attempt=refund.attempt,
         method=refund.method)  # fmt: skip
    outbox.publish("payments.refund_created", refund_id=str(refund.pk))
    return refund


def _begin_again(refund: Refund) -> None:
    refund.attempt += 1
    refund.external_id, refund.receipt, refund.disbursement = None, "", None
    refund.failure_code, refund.failure_text = "", ""
    refund.attempted_at, refund.settled_at, refund.checks = None, None, 0
    refund.next_check_at = clock.in_seconds(SENDING_SECONDS)
    refund.move_to(
        Refund.Status.CREATED,
        also=("attempt", "method", "external_id", "receipt", "disbursement", "failure_code", "failure_text",
              "attempted_at", "settled_at", "checks", "next_check_at"),
    )  # fmt: skip
