"""A dispute: money and a fee leave the balance at once; evidence, a deadline, and a verdict that may bring it back."""

from marketplace.payments.simulator.state import Json

from .balance import DISPUTE_FEE, book, clears_on
from .desk import Desk, public
from .errors import NotSimulated, StripeError
from .objects import blank

ANSWER_WITHIN = 8 * 86400  # seconds
OPEN = ("needs_response", "warning_needs_response")
UNDECIDED = (*OPEN, "under_review", "warning_under_review")
# Stripe's own test texts: what the evidence says decides. Anything else waits for a person or an order.
VERDICTS = {"winning_evidence": True, "losing_evidence": False}


def remaining(charge: Json) -> int:
    """Return what of a charge can be disputed: what was not refunded."""
    return int(charge["amount"] - charge["amount_refunded"])


def open_dispute(
    desk: Desk, charge: Json, reason: str, *, amount: int | None = None, inquiry: bool = False, due: int | None = None,
    fee: int = DISPUTE_FEE,
) -> Json:  # fmt: skip
    """Dispute what is left of a charge, or `amount`, and withdraw it; an inquiry withdraws nothing."""
    amount = remaining(charge) if amount is None else amount
    due = desk.now() + ANSWER_WITHIN if due is None else due
    evidence = {
        "due_by": due,
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
    }
    evidence |= {"submission_count": 0, "submission_method": "not_submitted"}
    brand, kind = charge["payment_method_details"]["card"]["brand"], "inquiry" if inquiry else "chargeback"
    dispute = blank(
        "dispute", id=desk.new_id("du_"), amount=amount, charge=charge["id"], created=desk.now(),
        currency=charge["currency"], evidence_details=evidence, is_charge_refundable=inquiry, reason=reason,
        payment_intent=charge["payment_intent"], status="warning_needs_response" if inquiry else "needs_response",
        payment_method_details={"card": {"brand": brand, "case_type": kind}, "type": "card"},
    )  # fmt: skip
    desk.save(charge | {"disputed": True})
    if not inquiry:
        when = clears_on(desk, charge)
        entry = book(desk, "adjustment", -amount, dispute, fee=fee, category="dispute", available_on=when)
        dispute["balance_transactions"] = [public(entry)]
    desk.emit("charge.dispute.created", desk.save(dispute))
    if not inquiry:
        desk.emit("charge.dispute.funds_withdrawn", dispute)
    desk.world.scheduler.at("stripe_dispute_due", {"id": dispute["id"]}, delay=due - desk.world.clock.now())
    return dispute


def update(desk: Desk) -> Json:
    """POST /v1/disputes/{id}: add evidence and, unless `submit` is false, hand it to the bank."""
    dispute, data = desk.get("dispute", desk.path["id"]), desk.params
    if "intended_submission_method" in data:
        raise NotSimulated("intended_submission_method", "intended_submission_method")
    if "enhanced_evidence" in data.get("evidence", {}):
        raise NotSimulated("enhanced_evidence", "evidence[enhanced_evidence]")
    if "metadata" in data:
        dispute["metadata"] = {**dispute["metadata"], **data["metadata"]} if data["metadata"] else {}
    if "evidence" in data or data.get("submit"):
        dispute = argue(desk, dispute, data.get("evidence", {}), submit=data.get("submit", True))
    desk.emit("charge.dispute.updated", desk.save(dispute), {})
    return dispute


def argue(desk: Desk, dispute: Json, evidence: Json, *, submit: bool) -> Json:
    """Stage evidence and submit it; a test text of Stripe's brings the verdict by itself."""
    if dispute["status"] not in OPEN:
        raise StripeError("This dispute is already closed or under review; its evidence cannot be changed.")
    dispute["evidence"] = {**dispute["evidence"], **evidence}
    details: Json = dispute["evidence_details"] | {"has_evidence": bool(dispute["evidence"])}
    if submit:
        details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
        warning = dispute["status"].startswith("warning")
        dispute["status"] = "warning_under_review" if warning else "under_review"
        won = VERDICTS.get(str(dispute["evidence"].get("uncategorized_text", "")).strip())
        if won is not None:
            job = {"id": dispute["id"], "won": won}
            desk.world.scheduler.at("stripe_verdict", job, delay=desk.world.tuned("verdict_seconds"))
    return dispute | {"evidence_details": details}


def close(desk: Desk) -> Json:
    """POST /v1/disputes/{id}/close: give in. It counts as lost."""
    dispute = desk.get("dispute", desk.path["id"])
    if dispute["status"] not in OPEN:
        raise StripeError("This dispute is already closed or under review.")
    return decide(desk, dispute, won=False)


def decide(desk: Desk, dispute: Json, *, won: bool) -> Json:
    """End a dispute; when it is won the amount returns, the fee only if `dispute_fee_returned` says so [assumed]."""
    if dispute["status"] not in UNDECIDED:
        raise ValueError(f"the dispute is {dispute['status']}")
    before = {"status": dispute["status"]}
    if dispute["status"].startswith("warning"):
        dispute["status"] = "warning_closed"
    elif won:
        fee = -DISPUTE_FEE if desk.world.tuned("dispute_fee_returned") else 0
        entry = book(desk, "adjustment", dispute["amount"], dispute, fee=fee, category="dispute_reversal")
        dispute |= {"status": "won", "balance_transactions": [*dispute["balance_transactions"], public(entry)]}
    else:
        dispute["status"] = "lost"
    desk.emit("charge.dispute.closed", desk.save(dispute), before)
    if dispute["status"] == "won":
        desk.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def overdue(desk: Desk, dispute: Json) -> None:
    """Lose a dispute nobody has answered in time."""
    if dispute["status"] in OPEN:
        details = dispute["evidence_details"] | {"past_due": True}
        decide(desk, dispute | {"evidence_details": details}, won=False)


def blocks_refunds(desk: Desk, charge: Json) -> bool:
    """Say whether a dispute stands in the way of a refund: an inquiry does not, nor one that was won."""
    return any(
        not doc["is_charge_refundable"] and doc["status"] != "won" for doc in desk.find("dispute", charge=charge["id"])
    )
