"""The lines of a Checkout Session: one-time prices described on the spot, all in one currency."""

from decimal import Decimal
from typing import Any

from marketplace.payments.simulator.state import Json

from . import money
from .desk import Desk, new_id
from .errors import NotSimulated, ParamError, missing
from .objects import blank

MOST_ITEMS = 100
REFUSED_LINE = ("tax_rates", "dynamic_tax_rates")
RECURRING = (
    "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only"
    " one-time prices."
)
EITHER = "You must specify either `unit_amount` or `unit_amount_decimal` in `price_data`."


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
        raise ParamError("line_items", RECURRING)
    if "product" in data:
        raise missing("product", data["product"], f"{at}[product]")
    if "product_data" not in data:
        raise ParamError(f"{at}[product_data]", f"Missing required param: {at}[product_data].", "parameter_missing")
    if len(data["product_data"].get("images", [])) > 8:
        raise ParamError(f"{at}[product_data][images]", "Invalid array: must have at most 8 elements")
    amount, currency = unit_amount(data, at), money.known_currency(data["currency"], f"{at}[currency]")
    return blank(
        "price", id=new_id("price_"), created=desk.now(), currency=currency,
        product=new_id("prod_", 14), tax_behavior=data.get("tax_behavior", "unspecified"), unit_amount=amount,
        unit_amount_decimal=str(amount),
    )  # fmt: skip


def unit_amount(data: Json, at: str) -> int:
    """Return the price of one, from either of the two fields, which exclude each other."""
    whole, exact = data.get("unit_amount"), data.get("unit_amount_decimal")
    if (whole is None) == (exact is None):
        raise ParamError(
            f"{at}[unit_amount]",
            EITHER,
            "parameter_missing",
        )
    amount: Any = whole if whole is not None else Decimal(str(exact))
    if amount != int(amount):
        raise NotSimulated("a fraction of a minor unit", f"{at}[unit_amount_decimal]")
    if amount < 0:
        raise ParamError(f"{at}[unit_amount]", "Invalid non-negative integer", "parameter_invalid_integer")
    return int(amount)
