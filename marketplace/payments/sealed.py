"""The stories of payments and disbursements under seal."""

from marketplace.core.sealing import Chain, declare
from marketplace.payments.models import DisbursementEvent, PaymentEvent

declare(
    Chain(
        name="payments.paymentevent",
        model=PaymentEvent,
        at="at",
        fields=("id", "payment_id", "at", "source", "kind", "data"),
        title="kind",
    )
)
declare(
    Chain(
        name="payments.disbursementevent",
        model=DisbursementEvent,
        at="at",
        fields=("id", "disbursement_id", "at", "source", "kind", "data"),
        title="kind",
    )
)
