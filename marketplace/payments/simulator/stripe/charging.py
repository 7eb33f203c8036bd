"""Pay a payment intent with a card: challenge, decline or charge, with the events of each."""

from marketplace.payments.simulator.state import Json

from .balance import book, fee_of
from .cards import AT_ONCE, Card, by_number
from .desk import Desk, new_id
from .errors import DOCS
from .objects import blank

Billing = dict[str, str | None]
UNAUTHENTICATED = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod"
    " to attempt to fulfill this PaymentIntent again."
)


def payment_method(desk: Desk, card: Card, billing: Billing) -> Json:
    """Store the card as a payment method."""
    face = {"brand": card.brand, "display_brand": card.brand, "country": "US", "exp_month": 12, "exp_year": 2034}
    face |= {"fingerprint": f"fp{card.last4}", "funding": "credit", "generated_from": None, "last4": card.last4}
    face |= {"checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}}
    face |= {
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    details = {
        "address": None,
        "email": billing.get("email"),
        "name": billing.get("name"),
        "phone": None,
        "tax_id": None,
    }
    doc = blank(
        "payment_method", id=new_id("pm_"), billing_details=details, card=face, created=desk.now(), _number=card.number
    )
    return desk.save(doc)


def pay(desk: Desk, intent: Json, method: Json, return_url: str) -> Json:
    """Confirm an intent with a payment method and return it as it then is."""
    card = by_number(method["_number"])
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if not card.challenge:
        return settle(desk, intent, method)
    url = f"{desk.world.settings.base_url}/stripe/pay/challenge/{intent['id']}"
    redirect = {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url or None, "url": url}}
    intent |= {"status": "requires_action", "next_action": redirect}
    desk.emit("payment_intent.requires_action", desk.save(intent))
    return intent


def settle(desk: Desk, intent: Json, method: Json, *, authenticated: bool = True) -> Json:
    """Charge the card, or not, once any challenge is over."""
    card = by_number(method["_number"])
    intent["next_action"] = None
    if not authenticated:
        return fail(
            desk,
            intent,
            method,
            {
                "code": "payment_intent_authentication_failure",
                "message": UNAUTHENTICATED,
                "type": "invalid_request_error",
            },
        )
    if card.code:
        error: Json = {
            "code": card.code,
            "decline_code": card.decline_code,
            "message": card.message,
            "type": "card_error",
        }
        charge = save_charge(desk, intent, method, card)
        intent["latest_charge"] = charge["id"]
        desk.emit("charge.failed", charge)
        return fail(desk, intent, method, {"advice_code": "try_again_later", "charge": charge["id"], **error})
    return succeed(desk, intent, method, card)


def fail(desk: Desk, intent: Json, method: Json, error: Json) -> Json:
    """Put an intent back to where a new card is needed."""
    shown = {name: value for name, value in method.items() if not name.startswith("_")}
    error |= {"doc_url": DOCS + error["code"].replace("_", "-"), "payment_method": shown}
    intent |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": error}
    desk.emit("payment_intent.payment_failed", desk.save(intent))
    return intent


def succeed(desk: Desk, intent: Json, method: Json, card: Card) -> Json:
    """Take the money; the balance transaction follows a moment later unless capture is synchronous."""
    charge = save_charge(desk, intent, method, card)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
    desk.save(intent)
    if intent["capture_method"] == "automatic":
        charge = settle_funds(desk, charge)
    else:
        desk.world.scheduler.at("stripe_settle", {"id": charge["id"]}, delay=desk.world.tuned("settle_seconds"))
    desk.emit("charge.succeeded", charge)
    desk.emit("payment_intent.succeeded", intent)
    if card.dispute:
        job = {"id": charge["id"], "reason": card.dispute, "inquiry": card.inquiry}
        desk.world.scheduler.at("stripe_dispute", job, delay=desk.world.tuned("dispute_seconds"))
    return intent


def settle_funds(desk: Desk, charge: Json) -> Json:
    """Book the balance transaction of a charge; one card's money can be used at once."""
    when = desk.now() if charge["_instant"] else None
    entry = book(desk, "charge", charge["amount"], charge, fee=fee_of(desk, charge["amount"]), available_on=when)
    return desk.save(charge | {"balance_transaction": entry["id"]})


def save_charge(desk: Desk, intent: Json, method: Json, card: Card) -> Json:
    """Store the charge of one attempt."""
    paid = not card.code
    reason = card.decline_code or None
    outcome: Json = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None if paid else "01",
        "reason": reason,
    }
    outcome |= {
        "network_status": "approved_by_network" if paid else "declined_by_network",
        "risk_level": "normal",
        "risk_score": 12,
    }
    outcome |= {
        "seller_message": "Payment complete."
        if paid
        else "The bank did not return any further details with this decline."
    }
    face = {
        name: method["card"][name]
        for name in ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "checks", "wallet")
    }
    face |= {"network": card.brand, "three_d_secure": None, "amount_authorized": intent["amount"] if paid else None}
    charge_id = desk.new_id("ch_")
    receipt = f"{desk.world.settings.base_url}/stripe/pay/receipt/{charge_id}"
    doc = blank(
        "charge", id=charge_id, amount=intent["amount"], amount_captured=intent["amount"] if paid else 0,
        billing_details=method["billing_details"], calculated_statement_descriptor=desk.world.settings.merchant,
        captured=paid, created=desk.now(), currency=intent["currency"], description=intent["description"],
        failure_code=card.code or None, failure_message=card.message or None, metadata=intent["metadata"],
        outcome=outcome | {"type": "authorized" if paid else "issuer_declined"}, paid=paid,
        payment_intent=intent["id"], payment_method=method["id"], receipt_email=intent["receipt_email"],
        payment_method_details={"card": face, "type": "card"}, receipt_url=receipt if paid else None,
        status="succeeded" if paid else "failed", transfer_group=intent["transfer_group"], _refund=card.refund,
        _instant=card.number == AT_ONCE,
    )  # fmt: skip
    return desk.save(doc)
