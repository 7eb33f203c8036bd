"""What payments do when a fact of their own comes true. Safe to repeat."""

from marketplace.core.outbox import on
from marketplace.payments import services
from marketplace.payments.models import PaymentEvent
from marketplace.payments.services.stray_transfer import settle_stray
from marketplace.payments.services.transfer_refund import PURPOSE, follow_transfer

CALLBACK = str(PaymentEvent.Source.CALLBACK)


@on("payments.refund_created")
def send_refund(*, refund_id: str) -> None:
    services.send_refund(refund_id=refund_id)


@on("payments.disbursement_paid")
def refund_arrived(*, disbursement_id: str, key: str, purpose: str) -> None:  # noqa: ARG001 (the fact's)
    _follow(disbursement_id, purpose)


@on("payments.disbursement_failed")
def refund_not_carried(*, disbursement_id: str, key: str, purpose: str, code: str) -> None:  # noqa: ARG001 (the fact's)
    _follow(disbursement_id, purpose)


def _follow(disbursement_id: str, purpose: str) -> None:
    if purpose == PURPOSE and follow_transfer(disbursement_id=disbursement_id, source=CALLBACK) is None:
        settle_stray(disbursement_id=disbursement_id)
