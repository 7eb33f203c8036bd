"""/v1/refunds: never more than was paid; some cards' refunds wait or fail."""

from marketplace.payments.simulator.state import Json

from . import money
from .balance import book, clears_on
from .desk import Desk
from .disputes import blocks_refunds
from .errors import NotSimulated, ParamError, StripeError
from .lists import listed
from .objects import blank

REFUSED = ("customer", "currency", "origin", "instructions_email", "reverse_transfer", "refund_application_fee")


def create(desk: Desk) -> Json:
    """POST /v1/refunds."""
    for name in REFUSED:
        if name in desk.params and desk.params[name] is not False:
            raise NotSimulated(name, name)
    charge = charge_of(desk)
    left = charge["amount"] - charge["amount_refunded"]
    amount = desk.params.get("amount", left)
    if left == 0:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount <= 0:
        raise ParamError("amount", "This value must be greater than or equal to 1.", "parameter_invalid_integer")
    if blocks_refunds(desk, charge):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if amount > left:
        words = f"Refund amount ({money.shown(amount, charge['currency'])}) is greater than unrefunded amount on charge"
        raise StripeError(f"{words} ({money.shown(left, charge['currency'])})", param="amount")
    return make(desk, charge, amount)


def charge_of(desk: Desk) -> Json:
    """Return the charge to refund, named directly or by its intent."""
    given = [name for name in ("charge", "payment_intent") if name in desk.params]
    if not given:
        raise StripeError("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in given:
        charge = desk.get("charge", desk.params["charge"], "charge")
    else:
        intent = desk.get("payment_intent", desk.params["payment_intent"], "payment_intent")
        paid = intent["status"] == "succeeded" and intent["latest_charge"]
        charge = desk.get("charge", intent["latest_charge"]) if paid else {"paid": False, "id": intent["id"]}
    if not charge["paid"]:
        raise StripeError(f"This PaymentIntent or Charge ({charge['id']}) does not have a successful charge to refund.")
    if desk.params.get("payment_intent", charge["payment_intent"]) != charge["payment_intent"]:
        raise ParamError("charge", "The charge does not belong to the payment_intent.")
    return charge


def make(desk: Desk, charge: Json, amount: int) -> Json:
    """Book a refund and tell of it; the fee of the charge is not returned."""
    waits = charge["_refund"] == "waits"
    refund = withdraw(desk, charge, written(desk, charge, amount, pending="processing" if waits else None))
    charge = counted(desk, charge, amount)
    desk.emit("refund.created", refund)
    desk.emit("charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    if charge["_refund"]:
        job = {"id": refund["id"], "fails": charge["_refund"] == "fails"}
        desk.world.scheduler.at("stripe_refund", job, delay=desk.world.tuned("refund_seconds"))
    return refund


def written(desk: Desk, charge: Json, amount: int, *, pending: str | None) -> Json:
    """Return a refund that has moved nothing yet; `pending`: why it is not done."""
    card = {
        "reference": None,
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    return blank(
        "refund", id=desk.new_id("re_"), amount=amount, charge=charge["id"], created=desk.now(),
        currency=charge["currency"], destination_details={"card": card, "type": "card"},
        metadata=desk.params.get("metadata") or {}, payment_intent=charge["payment_intent"],
        reason=desk.params.get("reason"), status="pending" if pending else "succeeded", pending_reason=pending,
    )  # fmt: skip


def withdraw(desk: Desk, charge: Json, refund: Json) -> Json:
    """Take a refund's money out of the balance and store it."""
    entry = book(desk, "refund", -refund["amount"], refund, available_on=clears_on(desk, charge))
    return desk.save(refund | {"balance_transaction": entry["id"]})


def counted(desk: Desk, charge: Json, amount: int) -> Json:
    """Note on a charge that so much more of it was refunded."""
    refunded = charge["amount_refunded"] + amount
    return desk.save(charge | {"amount_refunded": refunded, "refunded": refunded == charge["amount"]})


def end(desk: Desk, refund: Json, *, fails: bool) -> None:
    """Let a slow refund succeed, or one that looked good fail and give the money back."""
    if not fails:
        if refund["balance_transaction"] is None:  # it has waited for the balance to cover it
            refund = withdraw(desk, desk.get("charge", refund["charge"]), refund)
        desk.emit(
            "refund.updated", desk.save(refund | {"status": "succeeded", "pending_reason": None}), {"status": "pending"}
        )
        return
    before = refund["status"]
    entry = book(desk, "refund_failure", refund["amount"], refund)
    refund |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": entry["id"],
    }
    charge = desk.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    desk.save(charge | {"refunded": False})
    desk.emit("refund.failed", desk.save(refund), {"status": before})


def retrieve(desk: Desk) -> Json:
    """GET /v1/refunds/{id}."""
    return desk.get("refund", desk.path["id"])


def index(desk: Desk) -> Json:
    """GET /v1/refunds."""
    wanted = {name: desk.params[name] for name in ("charge", "payment_intent") if name in desk.params}
    return listed(desk, "/v1/refunds", desk.find("refund", **wanted))
