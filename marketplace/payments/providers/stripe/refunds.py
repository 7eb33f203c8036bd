"""Stripe's refunds. The same request under the same key is the same refund; what became of it is always read anew."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments.models import Refund
from marketplace.payments.providers.base import RefundOutcome, Refused, Silent, Unavailable
from marketplace.payments.providers.stripe import amounts, codes
from marketplace.payments.providers.stripe.client import calling, client

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams

KEYS_LIVE = dt.timedelta(hours=20)
"""Stripe keeps idempotency keys for 24 hours at least; after that the same key would be a second refund."""


def create(refund: Refund) -> RefundOutcome:
    """Ask for it, or hear of the same one again. Only within the life of its key."""
    params = _params(refund)
    options = {"idempotency_key": refund.provider_key}
    try:
        made = calling("refund", lambda: client().v1.refunds.create(params, options))  # type: ignore[arg-type]
    except Unavailable as error:
        return RefundOutcome("not_sent", code=error.code, text=error.text, answer=error.answer)
    except Refused as error:
        return _refused(error)
    except Silent as error:
        return RefundOutcome("unknown", code="no_answer", answer=error.answer)
    return of_refund(made.to_dict(for_json=True))


def query(refund: Refund) -> RefundOutcome:
    """Read it. When the answer to its making was lost, look for it; only if it is not there, make it again."""
    try:
        if refund.external_id:
            return of_refund(read(refund.external_id))
        found = _find(refund)
    except Unavailable as error:
        return RefundOutcome("unknown", code=error.code, answer=error.answer)
    except (Refused, Silent) as error:
        return RefundOutcome("unknown", code="no_answer", answer=error.answer)
    if found is not None:
        return of_refund(found)
    if clock.now() - (refund.attempted_at or clock.now()) < KEYS_LIVE:
        return create(refund)
    return RefundOutcome("failed", code="never_made", text=str(codes.REFUND_TEXTS["never_made"]), undoes=True)


def read(refund_id: str) -> dict[str, Any]:
    """The refund as Stripe has it now. Raises as `calling`."""
    found = calling("refund_read", lambda: client().v1.refunds.retrieve(refund_id))
    return dict(found.to_dict(for_json=True))


def _find(refund: Refund) -> dict[str, Any] | None:
    """The refund of this attempt among all of its payment, by our own names for it."""
    ours = {"refund_id": str(refund.pk), "attempt": str(refund.attempt)}
    found = _listed(_payment(refund))
    return next((row for row in found if ours.items() <= (row.get("metadata") or {}).items()), None)


def of_charge(charge_id: str) -> list[dict[str, Any]]:
    """Every refund of a charge, newest first. Raises as `calling`."""
    return _listed({"charge": charge_id})


def _listed(of: dict[str, str]) -> list[dict[str, Any]]:
    params: Any = {**of, "limit": 100}
    rows = calling("refund_list", lambda: list(client().v1.refunds.list(params).auto_paging_iter()))
    return [dict(row.to_dict(for_json=True)) for row in rows]


def _payment(refund: Refund) -> dict[str, str]:
    payment = refund.payment
    return {"payment_intent": payment.external_ref} if payment.external_ref else {"charge": payment.receipt or ""}


def _params(refund: Refund) -> "RefundCreateParams":
    """Everything derives from the committed intent, so that a repeat under the same key has the same body."""
    params: dict[str, Any] = {
        **_payment(refund),
        "amount": amounts.to_stripe(refund.left),
        "metadata": {
            "refund_id": str(refund.pk),
            "attempt": str(refund.attempt),
            "reference": refund.payment.reference,
        },
    }
    return params  # type: ignore[return-value]


def of_refund(found: dict[str, Any]) -> RefundOutcome:
    """The outcome behind a refund as Stripe has it."""
    status = found.get("status")
    names: dict[str, Any] = {"external_id": found["id"], "answer": found}
    if status == "succeeded":
        return RefundOutcome("succeeded", receipt=_bank_reference(found), **names)
    if status in ("failed", "canceled"):
        code = str(found.get("failure_reason") or status)
        return RefundOutcome("failed", code=code[:60], text=explain(code), undoes=True, **names)
    return RefundOutcome("sent", code=str(found.get("pending_reason") or "")[:60], **names)


def amount_of(found: dict[str, Any]) -> Money | None:
    return amounts.from_stripe(int(found.get("amount") or 0), str(found.get("currency") or ""))


def explain(code: str) -> str:
    return str(codes.REFUND_TEXTS.get(code, codes.REFUND_TEXTS["unknown"]))


def _bank_reference(found: dict[str, Any]) -> str:
    """The reference the payer's bank knows it by, when there is one already."""
    card = (found.get("destination_details") or {}).get("card") or {}
    return str(card.get("reference") or "")[:60]


def _refused(error: Refused) -> RefundOutcome:
    """Refused for good: no refund exists under this key."""
    problem = error.answer.get("answer")
    param = (problem.get("error") or {}).get("param") if isinstance(problem, dict) else None
    code = "amount" if error.code == "refused" and param == "amount" else error.code
    text = str(codes.REFUND_TEXTS.get(code) or error.text)
    return RefundOutcome("failed", code=code[:60], text=text[:300], undoes=True, answer=error.answer)
