"""The STK callback: unsigned JSON, posted to the push's own CallBackURL."""

import json
from typing import Any

from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import people
from .outcomes import DESCRIPTIONS


def send_callback(
    world: World, push: Json, *, copies: int = 1, delay: float = 0.0, forged: Json | None = None
) -> list[str]:
    """Plan the callback for a prompt's result; `forged` replaces fields of it and marks the delivery."""
    told = push | (forged or {})
    code = str(told["result_code"])
    result: Json = {
        "MerchantRequestID": told["merchant_request_id"],
        "CheckoutRequestID": told["id"],
        "ResultCode": int(code) if code.isdigit() else code,
        "ResultDesc": DESCRIPTIONS.get(code, told["result_desc"]),
    }
    if code == "0" and told["outcome"] != "missing_metadata":
        result["CallbackMetadata"] = {"Item": items(world, told)}
    return world.courier.send(
        provider="daraja",
        topic="stk_callback_forged" if forged else "stk_callback",
        ref=push["id"],
        url=push["callback_url"],
        body=json.dumps({"Body": {"stkCallback": result}}, separators=(",", ":")),
        delay=delay,
        copies=copies,
    )


def items(world: World, push: Json) -> list[dict[str, Any]]:
    """Return the name and value pairs of a success, in the types seen live."""
    balance: dict[str, Any] = {"Name": "Balance"}
    phone: int | str = int(push["msisdn"])
    if push["outcome"] == "masked_phone":
        phone = people.masked(push["msisdn"])
    listed = [
        {"Name": "Amount", "Value": float(push["amount"])},
        {"Name": "MpesaReceiptNumber", "Value": push["receipt"]},
        {"Name": "TransactionDate", "Value": int(nairobi(world.clock.now()).strftime("%Y%m%d%H%M%S"))},
        {"Name": "PhoneNumber", "Value": phone},
    ]
    return [*listed[:2], balance, *listed[2:]] if push["outcome"] == "balance_without_value" else listed
