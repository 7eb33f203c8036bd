"""A dispute: the money and a fee leave the balance at once, the charge is marked."""

from marketplace.payments.simulator.state import Json

from .balance import DISPUTE_FEE, book
from .desk import Desk, new_id, public
from .objects import blank

ANSWER_WITHIN = 8 * 86400  # seconds


def open_dispute(desk: Desk, charge: Json, reason: str) -> Json:
    """Open a dispute about a whole charge and withdraw the funds."""
    evidence = {
        "due_by": desk.now() + ANSWER_WITHIN,
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
    }
    evidence |= {"submission_count": 0, "submission_method": "not_submitted"}
    brand = charge["payment_method_details"]["card"]["brand"]
    dispute = blank(
        "dispute", id=new_id("du_"), amount=charge["amount"], charge=charge["id"], created=desk.now(),
        currency=charge["currency"], evidence_details=evidence, is_charge_refundable=False, reason=reason,
        payment_intent=charge["payment_intent"], status="needs_response",
        payment_method_details={"card": {"brand": brand, "case_type": "chargeback"}, "type": "card"},
    )  # fmt: skip
    desk.save(charge | {"disputed": True})
    entry = book(desk, "adjustment", -charge["amount"], dispute, fee=DISPUTE_FEE, category="dispute")
    dispute["balance_transactions"] = [public(entry)]
    desk.emit("charge.dispute.created", desk.save(dispute))
    desk.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute
