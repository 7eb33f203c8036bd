"""What follows when a transfer has been decided: it is sent, outside the transaction that decided it."""

from marketplace.core.outbox import on
from marketplace.payments.disbursements.send import send_disbursement


@on("payments.disbursement_created")
def send(*, disbursement_id: str) -> None:
    send_disbursement(disbursement_id=disbursement_id, source="operator")
