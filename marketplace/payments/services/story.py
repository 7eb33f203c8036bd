"""The story of a payment: every question, answer and conclusion, appended and never changed."""

import math
from typing import Any

from marketplace.payments.models import Payment, PaymentEvent


def tell(payment: Payment, *, source: str, kind: str, **data: Any) -> None:
    """Append one line. `data` is kept complete; only what a database cannot hold as JSON is replaced."""
    PaymentEvent.objects.create(payment=payment, source=source, kind=kind, data=storable(data))


def storable(value: Any) -> Any:
    """JSON that both engines take: no NUL characters, no infinities, unknown types as text."""
    if isinstance(value, dict):
        return {str(storable(str(key))): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)
