"""Disputes as Stripe has them. Always read anew: its events come in any order."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments.models import Dispute
from marketplace.payments.providers.stripe import amounts
from marketplace.payments.providers.stripe.client import calling, client

Status = Dispute.Status
STATUSES: dict[str, str] = {
    "warning_needs_response": Status.INQUIRY,
    "warning_under_review": Status.INQUIRY,
    "warning_closed": Status.CLOSED,
    "needs_response": Status.NEEDS_RESPONSE,
    "under_review": Status.UNDER_REVIEW,
    "won": Status.WON,
    "lost": Status.LOST,
    "prevented": Status.CLOSED,
}
"""A warning is an inquiry: the bank asks and takes nothing. A status that is not here changes nothing."""

EVIDENCE = frozenset(
    {
        "access_activity_log", "billing_address", "cancellation_policy_disclosure", "cancellation_rebuttal",
        "customer_email_address", "customer_name", "customer_purchase_ip", "duplicate_charge_explanation",
        "duplicate_charge_id", "product_description", "refund_policy_disclosure", "refund_refusal_explanation",
        "service_date", "shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number",
        "uncategorized_text",
    }
)  # fmt: skip
"""The text fields Stripe takes (docs.stripe.com/api/disputes/evidence_object); together 150,000 characters."""
MOST_EVIDENCE = 150_000


@dataclass(frozen=True, slots=True)
class Found:
    """A dispute as Stripe has it now. `status` is empty for one we have no word for."""

    external_id: str
    payment_intent: str
    charge: str
    status: str
    amount: Money | None
    fee: Money | None
    """What it costs us, fees given back already taken off; None when it is charged in another currency."""
    taken: bool
    reason: str
    due_at: dt.datetime | None
    opened_at: dt.datetime
    read_at: dt.datetime
    """When Stripe was asked: what it says is as old as that, or newer."""
    answer: dict[str, Any]


def read(dispute_id: str) -> Found:
    """Ask Stripe. Raises as `calling`."""
    now = clock.now()
    found = calling("dispute_read", lambda: client().v1.disputes.retrieve(dispute_id))
    return of_dispute(dict(found.to_dict(for_json=True)), read_at=now)


def submit(dispute_id: str, evidence: dict[str, str], key: str) -> Found:
    """Hand the evidence in: the bank decides on it, and it cannot be changed after that. Raises as `calling`."""
    params: Any = {"evidence": evidence, "submit": True}
    now = clock.now()
    found = calling(
        "dispute_evidence", lambda: client().v1.disputes.update(dispute_id, params, {"idempotency_key": key})
    )
    return of_dispute(dict(found.to_dict(for_json=True)), read_at=now)


def of_dispute(found: dict[str, Any], *, read_at: dt.datetime) -> Found:
    currency = str(found["currency"])
    moves = [row for row in found.get("balance_transactions") or [] if isinstance(row, dict)]
    due = (found.get("evidence_details") or {}).get("due_by")
    return Found(
        external_id=found["id"],
        payment_intent=str(found.get("payment_intent") or ""),
        charge=str(found.get("charge") or ""),
        status=STATUSES.get(str(found.get("status")), ""),
        amount=amounts.from_stripe(int(found["amount"]), currency),
        fee=_fee(moves, currency),
        taken=sum(int(row.get("amount") or 0) for row in moves) < 0,
        reason=str(found.get("reason") or "")[:60],
        due_at=_moment(due) if due else None,
        opened_at=_moment(found["created"]),
        read_at=read_at,
        answer=found,
    )


def _fee(moves: list[dict[str, Any]], currency: str) -> Money | None:
    """Fees are charged in the currency the account settles in, which need not be the payment's."""
    if any(row.get("fee") and row.get("currency") != currency for row in moves):
        return None
    return amounts.from_stripe(sum(int(row.get("fee") or 0) for row in moves), currency)


def _moment(stamp: Any) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(stamp), dt.UTC)
