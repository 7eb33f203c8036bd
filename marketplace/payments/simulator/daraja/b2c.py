"""POST /mpesa/b2c/v3/paymentrequest: money from the float to a person's phone, once per OriginatorConversationID."""

import re

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import people
from .accounts import Insufficient, account, sent
from .errors import DarajaError, invalid
from .push import PHONE, text
from .results import Parameter, stamp

COMMANDS = ("SalaryPayment", "BusinessPayment", "PromotionPayment")
LEAST, MOST = 10, 250_000  # whole shillings


def checked(world: World, body: Json) -> Json:
    """Check the fields of a payment. Limits are judged later, in the result, as the real platform does [assumed]."""
    originator, command = text(body, "OriginatorConversationID"), text(body, "CommandID")
    if command not in COMMANDS:
        raise invalid("CommandID")
    amount, msisdn = text(body, "Amount"), text(body, "PartyB")
    if not re.fullmatch(r"[0-9]{1,9}", amount) or int(amount) < 1:
        raise invalid("Amount")
    shortcode = text(body, "PartyA")
    if not re.fullmatch(r"[0-9]{5,7}", shortcode):
        raise invalid("PartyA")
    if not PHONE.fullmatch(msisdn):
        raise invalid("PartyB")
    if world.state.find("initiated", ref=originator):
        raise DarajaError(500, "500.002.1001", "Duplicate OriginatorConversationID.")
    remarks = str(body.get("Remarks") or "")
    return {
        "ref": originator, "shortcode": shortcode, "amount": int(amount), "msisdn": msisdn, "command": command,
        "remarks": remarks, "occasion": str(body.get("Occassion") or ""),
    }  # fmt: skip


def pay(world: World, doc: Json) -> tuple[str, list[Parameter]]:
    """Pay, or return the code of what stands against it."""
    if doc["shortcode"] not in (world.settings.b2c_shortcode, world.settings.shortcode):
        return "11", []
    if not LEAST <= doc["amount"] <= MOST:
        return ("2" if doc["amount"] < LEAST else "3"), []
    try:
        done = sent(
            world, doc["shortcode"], doc["amount"] * 100, msisdn=doc["msisdn"], reference=doc["remarks"],
            originator=doc["ref"], conversation=doc["id"], initiated=doc["created"],
        )  # fmt: skip
    except Insufficient:
        return "1", []
    doc["receipt"] = done["id"]
    return "0", parameters(world, doc)


def parameters(world: World, doc: Json) -> list[Parameter]:
    """Return what a successful result tells. The fee of the payment itself is not among it."""
    books = account(world, doc["shortcode"])
    return [
        ("TransactionReceipt", doc["receipt"]),
        ("TransactionAmount", doc["amount"]),
        ("B2CWorkingAccountAvailableFunds", 0.0),
        ("B2CUtilityAccountAvailableFunds", books["utility_minor"] / 100),
        ("TransactionCompletedDateTime", stamp(world.clock.now())),
        ("ReceiverPartyPublicName", people.person(doc["msisdn"])),
        ("B2CChargesPaidAccountAvailableFunds", -books["fees_minor"] / 100),
        ("B2CRecipientIsRegisteredCustomer", "Y"),
    ]


def forged(world: World, doc: Json) -> list[Parameter]:
    """Return the parameters of a result that nobody at M-Pesa has sent: another receipt, amount 1."""
    return parameters(world, doc | {"amount": 1, "receipt": "FORGED0000"})
