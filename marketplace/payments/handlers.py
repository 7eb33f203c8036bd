"""What payments do when a fact of their own comes true. Safe to repeat."""

from marketplace.core.outbox import on
from marketplace.notifications.services import raise_alert
from marketplace.payments import services
from marketplace.payments.models import Disbursement, PaymentEvent
from marketplace.payments.services.transfer_refund import PURPOSE, follow_transfer

CALLBACK = str(PaymentEvent.Source.CALLBACK)


@on("payments.refund_created")
def send_refund(*, refund_id: str) -> None:
    services.send_refund(refund_id=refund_id)


@on("payments.disbursement_paid")
def refund_arrived(*, disbursement_id: str, key: str, purpose: str) -> None:
    if purpose == PURPOSE and follow_transfer(disbursement_id=disbursement_id, source=CALLBACK) is None:
        # It had failed, was tried again another way, and was paid after all.
        amount = Disbursement.objects.get(pk=disbursement_id).amount
        raise_alert(
            code="refund_paid_twice", key=f"refund_paid_twice:{key}", subject=f"A refund may be paid twice: {amount}",
            text=f"The transfer {key} had failed and was paid late. Look at the refund before anything else is sent.",
        )  # fmt: skip


@on("payments.disbursement_failed")
def refund_not_carried(*, disbursement_id: str, key: str, purpose: str, code: str) -> None:  # noqa: ARG001 (the fact's)
    if purpose == PURPOSE:
        follow_transfer(disbursement_id=disbursement_id, source=CALLBACK)
