"""Transfers of the demo's past, as their rail answered."""

from marketplace.core import clock
from marketplace.payments.disbursements.record import record_outcome
from marketplace.payments.models import Disbursement
from marketplace.payments.rails.base import RailOutcome

FEE = 900
"""What M-Pesa keeps of us for a transfer, in cents."""


def arrive(transfer: Disbursement, *, receipt: str) -> None:
    """It was sent, and the receiver has it."""
    Disbursement.objects.filter(pk=transfer.pk).update(sent_at=clock.now(), external_id=f"AG_demo_{transfer.key}"[:120])
    fee = FEE if transfer.rail == Disbursement.Rail.MPESA_B2C else None
    paid = RailOutcome("paid", amount=transfer.amount, receipt=receipt, fee_minor=fee)
    record_outcome(disbursement_id=transfer.pk, outcome=paid, source="operator")
