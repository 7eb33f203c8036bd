"""POST /mpesa/reversal/v1/request: a customer's payment goes back, in full or not at all."""

import re

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import people
from .accounts import Insufficient, account, reversed_
from .errors import invalid
from .push import text
from .results import Parameter, digits


def checked(world: World, body: Json) -> Json:
    """Check the fields of a reversal; part of an amount is refused at once [assumed: no partial one is documented]."""
    if text(body, "CommandID") != "TransactionReversal":
        raise invalid("CommandID")
    if text(body, "RecieverIdentifierType") != "11":  # sic
        raise invalid("RecieverIdentifierType")
    original, amount, receiver = text(body, "TransactionID"), text(body, "Amount"), text(body, "ReceiverParty")
    if not re.fullmatch(r"[0-9]{1,7}", amount) or int(amount) < 1:
        raise invalid("Amount")
    if not re.fullmatch(r"[0-9]{5,7}", receiver):
        raise invalid("ReceiverParty")
    known = world.state.get("mpesa_transaction", original)
    if known is not None and known["amount_minor"] != int(amount) * 100:
        raise invalid("Amount")
    return {
        "original": original,
        "amount": int(amount),
        "shortcode": receiver,
        "msisdn": known["msisdn"] if known else "",
    }


def give_back(world: World, doc: Json) -> tuple[str, list[Parameter]]:
    """Reverse, or return the code of what stands against it. Only what a customer has paid to us can be reversed."""
    original = world.state.get("mpesa_transaction", doc["original"])
    ours = original is not None and original["kind"] in ("stk", "c2b") and original["shortcode"] == doc["shortcode"]
    if original is None or not ours:
        return "R000002", []
    if original["reversed_by"]:
        return "R000001", []
    try:
        done = reversed_(world, original, originator=doc["ref"], conversation=doc["id"], initiated=doc["created"])
    except Insufficient:
        return "1", []
    doc["receipt"] = done["id"]
    books = account(world, doc["shortcode"])
    return "0", [
        ("DebitAccountBalance", f"Utility Account|KES|{books['utility_minor'] / 100:.2f}"),
        ("Amount", doc["amount"]),
        ("TransCompletedTime", digits(world.clock.now())),
        ("OriginalTransactionID", original["id"]),
        ("Charge", 0),
        ("CreditPartyPublicName", people.person(original["msisdn"])),
        ("DebitPartyPublicName", people.organization(world, doc["shortcode"])),
    ]


def forged(_: World, doc: Json) -> list[Parameter]:
    """Return the parameters of a result that nobody at M-Pesa has sent."""
    return [("Amount", 1), ("OriginalTransactionID", doc["original"])]
