"""Reading what Daraja sends: types drift between number and string, items come in any order and may lack a value."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from marketplace.core.money import Money
from marketplace.payments.errors import Malformed
from marketplace.payments.providers.wire import read_json


@dataclass(frozen=True, slots=True)
class StkCallback:
    """One STK callback. `amount` and `receipt` come with a success only, and not always then."""

    checkout_request_id: str
    merchant_request_id: str
    code: str
    text: str
    amount: Money | None
    receipt: str
    body: dict[str, Any]


def stk_callback(body: bytes) -> StkCallback:
    """Parse `Body.stkCallback`. Raises `Malformed` when an id or the code is missing."""
    document = read_json(body)
    inner = _dig(document, "Body", "stkCallback")
    if not isinstance(inner, dict):
        raise Malformed
    ids = [text(inner.get(name)) for name in ("CheckoutRequestID", "MerchantRequestID", "ResultCode")]
    if not all(ids) or max(map(len, ids)) > 120:
        raise Malformed
    items = _items(_dig(inner, "CallbackMetadata", "Item"))
    return StkCallback(
        checkout_request_id=ids[0],
        merchant_request_id=ids[1],
        code=ids[2],
        text=text(inner.get("ResultDesc"))[:300],
        amount=shillings(items.get("Amount")),
        receipt=text(items.get("MpesaReceiptNumber"))[:60],
        body=document,
    )


def _dig(document: Any, *path: str) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def text(value: Any) -> str:
    """Codes and ids as text: 1032, 1032.0 and "1032 " are all "1032"; anything unprintable is nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    written = str(value).strip()
    return written if written.isprintable() else ""


def _items(listed: Any) -> dict[str, Any]:
    """Name/value pairs; a single pair may come without its list."""
    pairs = [listed] if isinstance(listed, dict) else listed if isinstance(listed, list) else []
    return {text(p.get("Name")): p.get("Value") for p in pairs if isinstance(p, dict)}


def shillings(value: Any) -> Money | None:
    """An amount in KES, exactly: 1500.0 is KES 1,500; anything that is no whole number of cents is no amount."""
    try:
        cents = Decimal(text(value) or "nothing") * 100
    except InvalidOperation:
        return None
    sane = cents.is_finite() and abs(cents) < 10**15 and cents == cents.to_integral_value()
    return Money(int(cents), "KES") if sane else None
