"""C2B: money that arrives at the shortcode, by hand (simulate) or behind an STK push, confirmed to registered URLs."""

import json
import re

import httpx

from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.settings import is_loopback
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from .errors import DarajaError, invalid
from .push import KINDS, MOST, PHONE, check_url, text
from .receipts import new_receipt

FIRST_NAMES = ("WANJIRU", "OTIENO", "AMINA", "KIPROTICH")
VALIDATE_WITHIN = 8.0  # seconds


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
    """POST /mpesa/c2b/v2/simulate: a payment typed by hand; the site may validate it within 8 seconds."""
    code, kind = text(body, "ShortCode"), text(body, "CommandID")
    amount, msisdn = text(body, "Amount"), text(body, "Msisdn")
    if kind not in KINDS:
        raise invalid("CommandID")
    if not re.fullmatch(r"[0-9]{1,7}", amount) or not 1 <= int(amount) <= MOST:
        raise invalid("Amount")
    if not PHONE.fullmatch(msisdn):
        raise invalid("Msisdn")
    reference = text(body, "BillRefNumber") if kind == KINDS[0] else str(body.get("BillRefNumber") or "")
    money = {"id": world_id(world), "shortcode": code, "kind": kind, "amount": int(amount), "msisdn": msisdn}
    money |= {
        "reference": reference[:20],
        "receipt": new_receipt(world),
        "third_party": "",
        "created": world.clock.now(),
    }
    registered = world.state.get("c2b", code)
    if registered is None or await is_valid(world, registered, money):
        with world.state.atomic():
            world.state.put("c2b_payment", money)
            if registered is not None:
                send_confirmation(world, registered, money)
    return {
        "OriginatorCoversationID": money["id"],
        "ResponseCode": "0",
        "ResponseDescription": "Accept the service request successfully.",
    }


async def is_valid(world: World, registered: Json, money: Json) -> bool:
    """Ask the site; without an answer in time the registered default decides. Notes ThirdPartyTransID."""
    url, body = registered["validation_url"], payload(world, money, balance="")
    fallback = bool(registered["default"] == "Completed")
    if not is_loopback(httpx.URL(url).host):
        return fallback
    try:
        answer = (await world.courier.client.post(url, json=body, timeout=VALIDATE_WITHIN)).json()
    except (httpx.HTTPError, ValueError):
        return fallback
    if not isinstance(answer, dict):
        return fallback
    money["third_party"] = str(answer.get("ThirdPartyTransID") or "")
    return str(answer.get("ResultCode")) == "0"


def confirm_push(world: World, push: Json) -> None:
    """Send the confirmation that also fires for an STK payment once URLs are registered for its shortcode."""
    registered = world.state.get("c2b", push["shortcode"])
    if registered is not None:
        send_confirmation(world, registered, push | {"third_party": ""})


def send_confirmation(world: World, registered: Json, money: Json) -> None:
    """Plan the confirmation of money that has arrived."""
    body = json.dumps(payload(world, money, balance=balance(world)))
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
        "MSISDN": f"{money['msisdn'][:4]} ***** {money['msisdn'][-3:]}",
        "FirstName": FIRST_NAMES[int(money["msisdn"][-1]) % len(FIRST_NAMES)],
        "MiddleName": "",
        "LastName": "",
    }


def balance(world: World) -> str:
    """Return what the shortcode's account holds, as Daraja writes it."""
    paid = [*world.state.find("stk", result_code="0"), *world.state.find("c2b_payment")]
    return f"{sum(doc['amount'] for doc in paid)}.00"


def world_id(world: World) -> str:
    """Return a fresh conversation id."""
    return f"AG_{nairobi(world.clock.now()):%Y%m%d}_{world.state.count('conversation'):020x}"
