"""The story of a payment: every question, answer and conclusion, appended and never changed.

Answers are kept complete but for people: names, addresses and numbers are cut out, because these rows can never be
erased. The raw message stays in the inbox, which can.
"""

import math
import re
from typing import Any

from marketplace.payments.models import Payment, PaymentEvent

PERSONAL = frozenset(
    {"CreditPartyName", "CreditPartyPublicName", "DebitPartyName", "DebitPartyPublicName", "MSISDN", "PartyB",
     "PhoneNumber", "ReceiverPartyPublicName", "billing_details", "customer_details", "customer_email", "email",
     "ip_address", "name", "phone", "receipt_email", "shipping", "shipping_details"}
)  # fmt: skip
REMOVED = "[removed]"
PHONE_IN_ID = re.compile(r"(ws_CO_\d{8,}?)\d{9}\b")
"""A CheckoutRequestID ends in the last nine digits of the phone number."""


def tell(payment: Payment, *, source: str, kind: str, **data: Any) -> None:
    """Append one line. `source` is one of `PaymentEvent.Source`."""
    PaymentEvent.objects.create(payment=payment, source=source, kind=kind, data=tellable(data))


def tellable(value: Any) -> Any:
    """Without personal data, and JSON that both engines take: no NUL characters, no infinities, odd types as text."""
    if isinstance(value, dict):
        for title in ("Name", "Key"):  # one of Daraja's name and value pairs
            if str(value.get(title, "")) in PERSONAL:
                return {title: str(value[title]), "Value": REMOVED}
        return {tellable(str(key)): _kept(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tellable(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return _text(str(value))


def _kept(key: str, value: Any) -> Any:
    return REMOVED if value and key in PERSONAL else tellable(value)


def _text(value: str) -> str:
    clean = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return PHONE_IN_ID.sub(r"\1*********", clean)
