"""What the server checks on a new Checkout Session beyond the shapes of its parameters."""

from urllib.parse import urlsplit

from marketplace.payments.simulator.state import Json

from .desk import Desk
from .errors import NotSimulated, ParamError, missing

SHORTEST, LONGEST = 30 * 60, 24 * 3600  # seconds from creation to expires_at
REFUSED = [
    "discounts",
    "shipping_options",
    "optional_items",
    "subscription_data",
    "setup_intent_data",
    "customer_account",
    "shipping_address_collection",
    "consent_collection",
    "custom_fields",
    "return_url",
]
REFUSED_INTENT = ("application_fee_amount", "transfer_data", "on_behalf_of")


def check_session(desk: Desk) -> None:
    """Refuse what Stripe refuses, and what it would do but the simulator cannot."""
    data = desk.params
    if "mode" not in data:
        raise ParamError("mode", "Missing required param: mode.", "parameter_missing")
    if data["mode"] != "payment":
        raise NotSimulated(f"mode {data['mode']}", "mode")
    if data.get("ui_mode", "hosted_page") != "hosted_page":
        raise NotSimulated(f"ui_mode {data['ui_mode']}", "ui_mode")
    for name in ("success_url", "line_items"):
        if not data.get(name):
            raise ParamError(name, f"Missing required param: {name}.", "parameter_missing")
    for name in ("success_url", "cancel_url"):
        check_url(data.get(name), name)
    check_customer(data)
    check_refused(data)
    check_expiry(desk)


def check_url(url: str | None, param: str) -> None:
    """Refuse what is not an absolute http(s) address."""
    if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise ParamError(param, "Not a valid URL", "url_invalid")


def check_customer(data: Json) -> None:
    """Customers do not exist here; an address must look like one."""
    if "customer" in data and "customer_email" in data:
        raise ParamError("customer_email", "You may only specify one of these parameters: customer, customer_email.")
    if "customer" in data:
        raise missing("customer", data["customer"], "customer")
    email = data.get("customer_email")
    if email is not None and (email.count("@") != 1 or "." not in email.rpartition("@")[2] or " " in email):
        raise ParamError("customer_email", f"Invalid email address: {email}", "email_invalid")
    if len(data.get("client_reference_id", "")) > 200:
        raise ParamError("client_reference_id", "Invalid string: must be at most 200 characters")


def check_refused(data: Json) -> None:
    """Refuse features that would change what the buyer pays."""
    for name in REFUSED:
        if name in data:
            raise NotSimulated(name, name)
    for name in ("automatic_tax", "invoice_creation", "managed_payments"):
        if data.get(name, {}).get("enabled"):
            raise NotSimulated(name, name)
    intent = data.get("payment_intent_data", {})
    for name in REFUSED_INTENT:
        if name in intent:
            raise NotSimulated(name, f"payment_intent_data[{name}]")
    if intent.get("capture_method") == "manual":
        raise NotSimulated("manual capture", "payment_intent_data[capture_method]")


def check_expiry(desk: Desk) -> None:
    """Between 30 minutes and 24 hours after creation."""
    at, now = desk.params.get("expires_at"), desk.world.clock.now()
    if at is None:
        return
    if at < now + SHORTEST:
        raise ParamError(
            "expires_at", "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        )
    if at > now + LONGEST:
        raise ParamError(
            "expires_at", "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        )
