"""C2B: money that arrives at the shortcode, by hand (simulate) or behind an STK push, confirmed to registered URLs."""

import json
import secrets

from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World


def confirm_push(world: World, push: Json) -> None:
    """Send the confirmation that also fires for an STK payment once URLs are registered for its shortcode."""
    registered = world.state.get("c2b", push["shortcode"])
    if registered is None:
        return
    money = {"shortcode": push["shortcode"], "amount": push["amount"], "reference": push["reference"]}
    money |= {"msisdn": push["msisdn"], "receipt": push["receipt"], "kind": push["kind"], "third_party": ""}
    send_confirmation(world, registered, money)


def send_confirmation(world: World, registered: Json, money: Json) -> None:
    """Plan the confirmation of money that has arrived."""
    world.courier.send(
        provider="daraja",
        topic="c2b_confirmation",
        ref=money["receipt"],
        url=registered["confirmation_url"],
        body=json.dumps(payload(world, money, balance=balance(world))),
        delay=0.3,
    )


def payload(world: World, money: Json, *, balance: str) -> dict[str, str]:
    """Return the flat body of validation and confirmation, everything a string, the number masked."""
    kind = "Buy Goods" if money["kind"] == "CustomerBuyGoodsOnline" else "Pay Bill"
    return {
        "TransactionType": kind,
        "TransID": money["receipt"],
        "TransTime": nairobi(world.clock.now()).strftime("%Y%m%d%H%M%S"),
        "TransAmount": f"{money['amount']}.00",
        "BusinessShortCode": money["shortcode"],
        "BillRefNumber": money["reference"],
        "InvoiceNumber": "",
        "OrgAccountBalance": balance,
        "ThirdPartyTransID": money["third_party"],
        "MSISDN": f"{money['msisdn'][:4]} ***** {money['msisdn'][-3:]}",
        "FirstName": secrets.choice(["WANJIRU", "OTIENO", "AMINA", "KIPROTICH"]),
        "MiddleName": "",
        "LastName": "",
    }


def balance(world: World) -> str:
    """Return what the shortcode's account holds, as Daraja writes it."""
    paid = [p["amount"] for p in world.state.find("stk", result_code="0")]
    paid += [p["amount"] for p in world.state.find("c2b_payment")]
    return f"{sum(paid)}.00"
