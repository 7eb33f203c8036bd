"""Reading the result envelope of the initiator APIs (B2C, reversal, transaction status, account balance).

Lenient where Daraja drifts: one parameter may come without its list, names repeat, a parameter may lack its value,
codes are numbers or text. Source: developer.safaricom.co.ke, and results that developers published.
"""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from marketplace.core.money import Money
from marketplace.payments.errors import Malformed
from marketplace.payments.providers.mpesa.client import NAIROBI
from marketplace.payments.providers.mpesa.parse import shillings, text
from marketplace.payments.providers.wire import read_json

MOMENTS = ("%d.%m.%Y %H:%M:%S", "%Y%m%d%H%M%S")


@dataclass(frozen=True, slots=True)
class Result:
    """One result. `originator_id` is ours where we could choose it, `conversation_id` is Daraja's."""

    code: str
    text: str
    originator_id: str
    conversation_id: str
    transaction_id: str
    """The receipt; after a failure it may be a placeholder."""
    values: dict[str, list[str]]
    """Every value under its name, in the order they came; a parameter without a value adds none."""
    body: dict[str, Any]

    def first(self, name: str) -> str:
        """The first value under that name; empty when there is none."""
        return next(iter(self.values.get(name, ())), "")

    def amount(self, name: str) -> Money | None:
        """Shillings as Daraja writes them: 300, "300", "300.00"."""
        return shillings(self.first(name))

    def moment(self, name: str) -> dt.datetime | None:
        """Kenyan time as DD.MM.YYYY HH:MM:SS or YYYYMMDDHHMMSS, aware; None when it is neither."""
        for form in MOMENTS:
            with suppress(ValueError):
                return dt.datetime.strptime(self.first(name), form).replace(tzinfo=NAIROBI)
        return None


def read_result(body: bytes) -> Result:
    """Parse `Result`. Raises `Malformed` when the code or both ids are missing."""
    document = read_json(body)
    inner = document.get("Result")
    if not isinstance(inner, dict):
        raise Malformed
    code = text(inner.get("ResultCode"))
    originator, conversation = text(inner.get("OriginatorConversationID")), text(inner.get("ConversationID"))
    if not code or not (originator or conversation) or max(map(len, (code, originator, conversation))) > 120:
        raise Malformed
    return Result(
        code=code,
        text=text(inner.get("ResultDesc"))[:300],
        originator_id=originator,
        conversation_id=conversation,
        transaction_id=text(inner.get("TransactionID"))[:60],
        values=_values(inner.get("ResultParameters")),
        body=document,
    )


def _values(listed: Any) -> dict[str, list[str]]:
    found = listed.get("ResultParameter") if isinstance(listed, dict) else None
    pairs = [found] if isinstance(found, dict) else found if isinstance(found, list) else []
    values: dict[str, list[str]] = {}
    for pair in pairs:
        if isinstance(pair, dict) and (value := text(pair.get("Value"))):
            values.setdefault(text(pair.get("Key")), []).append(value)
    return values
