"""The story of a disbursement: every question, answer and conclusion, without personal data, never changed."""

from typing import Any

from marketplace.payments.models import Disbursement, DisbursementEvent, PaymentEvent
from marketplace.payments.services.story import tellable

CALLBACK = str(PaymentEvent.Source.CALLBACK)
QUERY = str(PaymentEvent.Source.QUERY)
RECONCILER = str(PaymentEvent.Source.RECONCILER)
OPERATOR = str(PaymentEvent.Source.OPERATOR)


def tell(disbursement: Disbursement, *, source: str, kind: str, **data: Any) -> None:
    """Append one line. `source` is one of `PaymentEvent.Source`."""
    DisbursementEvent.objects.create(disbursement=disbursement, source=source, kind=kind, data=tellable(data))
