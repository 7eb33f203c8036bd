"""What the server checks on a new Checkout Session beyond the shapes of its parameters."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from marketplace.payments.simulator.state import Json

from . import money
from .desk import Desk, new_id
from .errors import NotSimulated, ParamError, missing
from .objects import blank

SHORTEST, LONGEST = 30 * 60, 24 * 3600  # seconds from creation to expires_at
MOST_ITEMS = 100
REFUSED = ("discounts", "shipping_options", "optional_items", "subscription_data", "setup_intent_data", "customer_account",
           "shipping_address_collection", "consent_collection", "custom_fields", "return_url")  # fmt: skip
REFUSED_INTENT = ("application_fee_amount", "transfer_data", "on_behalf_of")
REFUSED_LINE = ("tax_rates", "dynamic_tax_rates")


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


def line_items(desk: Desk) -> list[Json]:
    """Return the session's line items, all in one currency."""
    given = desk.params["line_items"]
    if len(given) > MOST_ITEMS:
        raise ParamError("line_items", f"You can have at most {MOST_ITEMS} line items.")
    items = [line_item(desk, item, f"line_items[{place}]") for place, item in enumerate(given)]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise ParamError("line_items", "All line items must have the same currency.")
    return items


def line_item(desk: Desk, item: Json, at: str) -> Json:
    """Check one line and return it as an object."""
    for name in REFUSED_LINE:
        if name in item:
            raise NotSimulated(name, f"{at}[{name}]")
    if "price" in item:
        raise missing("price", item["price"], f"{at}[price]")
    if "price_data" not in item:
        raise ParamError(at, f"Missing required param: {at}[price_data].", "parameter_missing")
    if item.get("adjustable_quantity", {}).get("enabled"):
        raise NotSimulated("adjustable_quantity", f"{at}[adjustable_quantity]")
    quantity = item.get("quantity")
    if quantity is None:
        raise ParamError(f"{at}[quantity]", "Quantity is required. Add `quantity` to `" + at + "`", "parameter_missing")
    if not 1 <= quantity <= 999_999:
        raise ParamError(
            f"{at}[quantity]", "This value must be greater than or equal to 1.", "parameter_invalid_integer"
        )
    price = price_of(desk, item["price_data"], f"{at}[price_data]")
    total = price["unit_amount"] * quantity
    return blank(
        "item", id=new_id("li_"), amount_subtotal=total, amount_total=total, currency=price["currency"],
        description=item["price_data"]["product_data"]["name"], metadata=item.get("metadata") or {}, price=price,
        quantity=quantity,
    )  # fmt: skip


def price_of(desk: Desk, data: Json, at: str) -> Json:
    """Return the one-time price that price_data describes."""
    if "recurring" in data:
        raise ParamError(
            "line_items",
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
        )
    if "product" in data:
        raise missing("product", data["product"], f"{at}[product]")
    if "product_data" not in data:
        raise ParamError(f"{at}[product_data]", f"Missing required param: {at}[product_data].", "parameter_missing")
    if len(data["product_data"].get("images", [])) > 8:
        raise ParamError(f"{at}[product_data][images]", "Invalid array: must have at most 8 elements")
    amount = unit_amount(data, at)
    return blank(
        "price", id=new_id("price_"), created=desk.now(), currency=money.known_currency(data["currency"], f"{at}[currency]"),
        product=new_id("prod_", 14), tax_behavior=data.get("tax_behavior", "unspecified"), unit_amount=amount,
        unit_amount_decimal=str(amount),
    )  # fmt: skip


def unit_amount(data: Json, at: str) -> int:
    """Return the price of one, from either of the two fields, which exclude each other."""
    whole, exact = data.get("unit_amount"), data.get("unit_amount_decimal")
    if (whole is None) == (exact is None):
        raise ParamError(
            f"{at}[unit_amount]",
            "You must specify either `unit_amount` or `unit_amount_decimal` in `price_data`.",
            "parameter_missing",
        )
    amount: Any = whole if whole is not None else Decimal(str(exact))
    if amount != int(amount):
        raise NotSimulated("a fraction of a minor unit", f"{at}[unit_amount_decimal]")
    if amount < 0:
        raise ParamError(f"{at}[unit_amount]", "Invalid non-negative integer", "parameter_invalid_integer")
    return int(amount)
