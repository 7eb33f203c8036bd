"""/v1/payment_intents: create, retrieve, list, confirm, cancel."""

from marketplace.payments.simulator.state import Json

from . import money
from .cards import TOKENS, by_number
from .charging import pay, payment_method
from .desk import Desk, new_id, public
from .errors import CardError, NotSimulated, ParamError, StripeError, missing
from .lists import listed
from .objects import blank

FINAL = ("succeeded", "canceled")
KEPT = [
    "description",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "setup_future_usage",
    "shipping",
    "transfer_group",
]
REFUSED = [
    "application_fee_amount",
    "transfer_data",
    "on_behalf_of",
    "customer",
    "customer_account",
    "mandate",
    "mandate_data",
    "payment_method_data",
    "confirmation_token",
    "amount_details",
    "hooks",
]


def new_intent(desk: Desk, amount: int, currency: str, data: Json) -> Json:
    """Store a payment intent that waits for a card."""
    intent_id = desk.new_id("pi_")
    doc = blank(
        "payment_intent", id=intent_id, amount=amount, currency=currency, created=desk.now(),
        capture_method=data.get("capture_method", "automatic_async"), status="requires_payment_method",
        client_secret=f"{intent_id}_secret_{new_id('', 25)}", metadata=data.get("metadata") or {},
        **{name: data[name] for name in KEPT if name in data},
    )  # fmt: skip
    desk.emit("payment_intent.created", desk.save(doc))
    return doc


def create(desk: Desk) -> Json:
    """POST /v1/payment_intents."""
    data = desk.params
    for name in REFUSED:
        if name in data:
            raise NotSimulated(name, name)
    if data.get("capture_method") == "manual":
        raise NotSimulated("manual capture", "capture_method")
    currency = money.known_currency(data["currency"], "currency")
    money.check_amount(data["amount"], currency, "amount")
    method = find_method(desk) if "payment_method" in data else None
    if data.get("confirm") and method is None:
        raise ParamError("payment_method", "You must provide a payment method when confirming.", "parameter_missing")
    intent = new_intent(desk, data["amount"], currency, data)
    methods = {"allow_redirects": "always", **data.get("automatic_payment_methods", {"enabled": True})}
    intent["automatic_payment_methods"] = methods
    if method is not None:
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    desk.save(intent)
    return finish(desk, intent, method) if data.get("confirm") and method else intent


def find_method(desk: Desk) -> Json:
    """Return the payment method named in the request: a pm_card_... token or a stored one."""
    name = desk.params["payment_method"]
    if name in TOKENS:
        return payment_method(desk, by_number(TOKENS[name]), {})
    doc = desk.world.state.get("payment_method", name, account=desk.account)
    if doc is None:
        raise missing("PaymentMethod", name, "payment_method")
    return doc


def retrieve(desk: Desk) -> Json:
    """GET /v1/payment_intents/{id}."""
    return desk.get("payment_intent", desk.path["id"])


def index(desk: Desk) -> Json:
    """GET /v1/payment_intents."""
    if "customer" in desk.params:
        raise missing("customer", desk.params["customer"], "customer")
    return listed(desk, "/v1/payment_intents", desk.find("payment_intent"))


def confirm(desk: Desk) -> Json:
    """POST /v1/payment_intents/{id}/confirm."""
    intent = desk.get("payment_intent", desk.path["id"])
    for name in REFUSED:
        if name in desk.params:
            raise NotSimulated(name, name)
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise unexpected(intent, "confirm", "requires_payment_method or requires_confirmation")
    if "payment_method" in desk.params:
        method = find_method(desk)
    elif intent["payment_method"]:
        method = desk.get("payment_method", intent["payment_method"])
    else:
        raise StripeError(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
            " PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a"
            " payment method or ConfirmationToken.",
            code="payment_intent_unexpected_state",
        )
    return finish(desk, intent, method)


def finish(desk: Desk, intent: Json, method: Json) -> Json:
    """Pay, and answer a decline with 402."""
    intent = pay(desk, intent, method, desk.params.get("return_url", ""))
    error = intent["last_payment_error"]
    if error is not None:
        raise CardError({**error, "payment_intent": intent})
    return intent


def cancel(desk: Desk) -> Json:
    """POST /v1/payment_intents/{id}/cancel."""
    intent = desk.get("payment_intent", desk.path["id"])
    if desk.find("checkout.session", payment_intent=intent["id"]):
        raise StripeError("PaymentIntents created by Checkout cannot be canceled. Expire the Checkout Session instead.")
    if intent["status"] in FINAL:
        raise unexpected(intent, "cancel", "requires_payment_method, requires_confirmation or requires_action")
    return canceled(desk, intent, desk.params.get("cancellation_reason"))


def canceled(desk: Desk, intent: Json, reason: str | None) -> Json:
    """Cancel an intent."""
    intent |= {"status": "canceled", "canceled_at": desk.now(), "cancellation_reason": reason, "next_action": None}
    desk.emit("payment_intent.canceled", desk.save(intent))
    return intent


def unexpected(intent: Json, verb: str, needed: str) -> StripeError:
    """Return the refusal of a step that does not fit the intent's status."""
    return StripeError(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent"
        f" with one of the following statuses may be used: {needed}.",
        code="payment_intent_unexpected_state",
        payment_intent=public(intent),
    )
