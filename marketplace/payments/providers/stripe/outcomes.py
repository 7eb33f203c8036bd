"""What a Checkout Session amounts to. It is read anew each time: webhooks come in any order."""

from typing import Any

import stripe

from marketplace.payments.providers.base import Outcome
from marketplace.payments.providers.stripe import amounts, codes


def of_session(session: stripe.checkout.Session) -> Outcome:
    """The outcome behind a session retrieved with `payment_intent.latest_charge.balance_transaction` expanded."""
    found: dict[str, Any] = session.to_dict(for_json=True)
    intent = found.get("payment_intent")
    intent = intent if isinstance(intent, dict) else {"id": intent or ""}
    names = {"external_id": found["id"], "external_ref": intent.get("id") or "", "answer": found}
    if found["payment_status"] == "paid":
        return _paid(found, intent, names)
    if found["status"] == "expired":
        return Outcome("expired", code="expired", text=str(codes.TEXTS["expired"]), **names)
    code = decline(intent)
    text = str(codes.TEXTS.get(code, codes.DECLINED)) if code else ""
    if found["status"] == "complete" and intent.get("status") in ("requires_payment_method", "canceled"):
        # A delayed method that fell through after the page was done.
        return Outcome("failed", code=code or "failed", text=text, **names)
    return Outcome("pending", code=code, text=text, again=True, next_url=found.get("url") or "", **names)


def _paid(found: dict[str, Any], intent: dict[str, Any], names: dict[str, Any]) -> Outcome:
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {"id": charge or ""}
    fee, known = _fee(charge.get("balance_transaction"), found["currency"])
    amount = amounts.from_stripe(found["amount_total"] or 0, found["currency"])
    if amount is None:
        return Outcome("unknown", code="amount_unreadable", **names)
    return Outcome("paid", amount=amount, receipt=charge["id"], fee_minor=fee, again=not known, **names)


def _fee(transaction: Any, currency: str) -> tuple[int | None, bool]:
    """The fee in the payment's currency, and whether more can be learned.

    With asynchronous capture the balance transaction comes a little after the success. When funds settle in another
    currency the fee is in that one, and stays out of these books.
    """
    if not isinstance(transaction, dict):
        return None, False
    if transaction["currency"] != currency:
        return None, True
    fee = amounts.from_stripe(transaction["fee"], currency)
    return (None if fee is None else fee.minor), True


def decline(intent: dict[str, Any]) -> str:
    """The issuer's code of the last failed attempt; empty when there was none."""
    error = intent.get("last_payment_error") or {}
    return str(error.get("decline_code") or error.get("code") or "")
