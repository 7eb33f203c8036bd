"""C2B: money that a customer pays to the shortcode by hand, validated by the site and confirmed to it."""

import json
import re
import secrets

import httpx

from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.settings import is_loopback
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import people
from .accounts import account, received
from .errors import DarajaError, invalid
from .push import KINDS, MOST, PHONE, check_url, text
from .receipts import new_receipt

VALIDATE_WITHIN = 8.0  # seconds
REJECTIONS = {
    "C2B00011": "Invalid phone number",
    "C2B00012": "Invalid account number",
    "C2B00013": "Invalid amount",
    "C2B00014": "Your details could not be verified",
    "C2B00015": "Invalid business number",
    "C2B00016": "The business did not accept the payment",
}


def register(world: World, body: Json) -> Json:
    """POST /mpesa/c2b/v2/registerurl. Once per shortcode, as in production."""
    code, kind = text(body, "ShortCode"), text(body, "ResponseType")
    if kind not in ("Completed", "Cancelled"):
        raise invalid("ResponseType")
    urls = {name: check_url(text(body, name), name) for name in ("ConfirmationURL", "ValidationURL")}
    if world.state.get("c2b", code) is not None:
        raise DarajaError(500, "500.003.1001", "URLs are already registered")
    doc = {
        "id": code,
        "default": kind,
        "confirmation_url": urls["ConfirmationURL"],
        "validation_url": urls["ValidationURL"],
    }
    world.state.put("c2b", doc)
    return {"OriginatorCoversationID": world_id(world), "ResponseCode": "0", "ResponseDescription": "Success"}  # sic


async def simulate(world: World, body: Json) -> Json:
    """POST /mpesa/c2b/v2/simulate: a payment by hand, acknowledged whatever the site says about it."""
    code, kind = text(body, "ShortCode"), text(body, "CommandID")
    amount, msisdn = text(body, "Amount"), text(body, "Msisdn")
    if kind not in KINDS:
        raise invalid("CommandID")
    if not is_amount(amount):
        raise invalid("Amount")
    if not PHONE.fullmatch(msisdn):
        raise invalid("Msisdn")
    reference = text(body, "BillRefNumber") if kind == KINDS[0] else str(body.get("BillRefNumber") or "")
    money = await pay(world, shortcode=code, kind=kind, amount=int(amount), msisdn=msisdn, reference=reference)
    return {
        "OriginatorCoversationID": money["id"],
        "ResponseCode": "0",
        "ResponseDescription": "Accept the service request successfully.",
    }


def is_amount(typed: str) -> bool:
    """Say whether a text is whole shillings that one payment may have."""
    return bool(re.fullmatch(r"[0-9]{1,7}", typed)) and 1 <= int(typed) <= MOST


async def pay(world: World, *, shortcode: str, amount: int, msisdn: str, reference: str, kind: str = KINDS[0]) -> Json:
    """Let a customer pay to a shortcode; `refused` of the answer says why the site did not take it."""
    now = world.clock.now()
    money = {"id": world_id(world), "shortcode": shortcode, "kind": kind, "amount": amount, "msisdn": msisdn}
    money |= {"reference": reference[:20], "receipt": new_receipt(world), "third_party": "", "created": now}
    registered = world.state.get("c2b", shortcode)
    money["refused"] = await verdict(world, registered, money) if registered else ""
    with world.state.atomic():
        world.state.put("c2b_refused" if money["refused"] else "c2b_payment", money)
        if not money["refused"]:
            received(world, "c2b", money)
            if registered is not None:
                send_confirmation(world, registered, money)
    return money


async def verdict(world: World, registered: Json, money: Json) -> str:
    """Ask the site; return its code of rejection or nothing. Without an answer in time the registered default decides.

    Notes ThirdPartyTransID. An answer that is no success in HTTP, or names no ResultCode, counts as none [assumed].
    """
    url, body = registered["validation_url"], payload(world, money, balance="")
    fallback = "" if registered["default"] == "Completed" else "C2B00016"
    if not is_loopback(httpx.URL(url).host):
        return fallback
    try:
        response = await world.courier.client.post(url, json=body, timeout=VALIDATE_WITHIN)
        answer = response.json() if response.is_success else None
    except (httpx.HTTPError, ValueError):
        return fallback
    if not isinstance(answer, dict) or "ResultCode" not in answer:
        return fallback
    money["third_party"] = str(answer.get("ThirdPartyTransID") or "")
    return "" if str(answer["ResultCode"]) == "0" else str(answer["ResultCode"])


def confirm_push(world: World, push: Json) -> None:
    """Send the confirmation that also fires for an STK payment once URLs are registered for its shortcode."""
    registered = world.state.get("c2b", push["shortcode"])
    if registered is not None:
        send_confirmation(world, registered, push | {"third_party": ""})


def send_confirmation(world: World, registered: Json, money: Json) -> None:
    """Plan the confirmation of money that has arrived."""
    body = json.dumps(payload(world, money, balance=balance(world, money["shortcode"])))
    url = registered["confirmation_url"]
    world.courier.send(provider="daraja", topic="c2b_confirmation", ref=money["receipt"], url=url, body=body, delay=0.3)


def payload(world: World, money: Json, *, balance: str) -> dict[str, str]:
    """Return the flat body of validation and confirmation, everything a string, the number masked."""
    return {
        "TransactionType": "Pay Bill" if money["kind"] == KINDS[0] else "Buy Goods",
        "TransID": money["receipt"],
        "TransTime": nairobi(world.clock.now()).strftime("%Y%m%d%H%M%S"),
        "TransAmount": f"{money['amount']}.00",
        "BusinessShortCode": money["shortcode"],
        "BillRefNumber": money["reference"],
        "InvoiceNumber": "",
        "OrgAccountBalance": balance,
        "ThirdPartyTransID": money["third_party"],
        "MSISDN": people.masked(money["msisdn"]),
        "FirstName": people.first_name(money["msisdn"]),
        "MiddleName": "",
        "LastName": "",
    }


def balance(world: World, shortcode: str) -> str:
    """Return what the shortcode's account holds, as Daraja writes it."""
    return f"{account(world, shortcode)['utility_minor'] / 100:.2f}"


def world_id(world: World) -> str:
    """Return a fresh conversation id, which no reset repeats: a site that outlives it may have kept the old ones."""
    return f"AG_{nairobi(world.clock.now()):%Y%m%d}_{world.state.count('conversation'):08x}{secrets.token_hex(6)}"
