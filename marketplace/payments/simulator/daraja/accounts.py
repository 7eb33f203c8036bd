"""The money of our shortcodes: one utility account each, every movement a numbered line, cents throughout.

Real M-Pesa keeps collected money and the float for B2C in a Utility account, fees in an account of their own; here
a fee leaves the Utility account at once [assumed], so that one running balance explains itself.
"""

from typing import Any

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from .receipts import new_receipt


class Insufficient(Exception):
    """The utility account does not hold as much."""


def opening(world: World, shortcode: str) -> int:
    """Return what a shortcode begins with: nothing on the paybill, the float on any other."""
    return int(world.tuned("paybill_start_minor" if shortcode == world.settings.shortcode else "float_start_minor"))


def account(world: World, shortcode: str) -> Json:
    """Return the account of a shortcode."""
    known, begun = world.state.get("mpesa_account", shortcode), opening(world, shortcode)
    return known or {"id": shortcode, "opening_minor": begun, "utility_minor": begun, "fees_minor": 0}


def book(
    world: World, transaction: Json, *, paid_in: int = 0, withdrawn: int = 0, details: str, fee: bool = False
) -> None:
    """Move the account of a transaction's shortcode and write the line of the statement."""
    books = account(world, transaction["shortcode"])
    books["utility_minor"] += paid_in - withdrawn
    books["fees_minor"] += withdrawn if fee else 0
    world.state.put("mpesa_account", books)
    line = {name: transaction[name] for name in ("shortcode", "msisdn", "reference", "initiated")}
    line |= {"id": str(world.state.count("mpesa_line")), "receipt": transaction["id"], "at": transaction["at"]}
    line |= {"kind": "fee" if fee else transaction["kind"], "details": details, "original": transaction["original"]}
    line |= {"paid_in_minor": paid_in, "withdrawn_minor": withdrawn, "balance_minor": books["utility_minor"]}
    world.state.put("mpesa_line", line)


def transact(world: World, kind: str, shortcode: str, amount_minor: int, **more: Any) -> Json:
    """Write down a completed transaction; its money is booked by the caller."""
    now = world.clock.now()
    doc: Json = {"id": more.pop("receipt", "") or new_receipt(world), "kind": kind, "shortcode": shortcode, "at": now}
    doc |= {"amount_minor": amount_minor, "fee_minor": 0, "msisdn": "", "reference": "", "initiated": now}
    doc |= {"original": "", "reversed_by": "", "originator": "", "conversation": "", **more}
    return world.state.put("mpesa_transaction", doc)


def received(world: World, kind: str, payment: Json, **more: Any) -> Json:
    """Book what a customer has paid to a shortcode: a prompt answered, or the paybill chosen by hand."""
    doc = transact(
        world, kind, payment["shortcode"], payment["amount"] * 100, receipt=payment["receipt"],
        msisdn=payment["msisdn"], reference=payment["reference"], initiated=payment["created"], **more,
    )  # fmt: skip
    book(
        world,
        doc,
        paid_in=doc["amount_minor"],
        details=f"Pay Bill from {payment['msisdn']} Acc. {payment['reference']}",
    )
    return doc


def fee_of(world: World, amount_minor: int) -> int:
    """Return what M-Pesa charges us for sending an amount, in cents: the first band it fits into [assumed]."""
    for most_shillings, fee in world.tuned("b2c_fees"):
        if amount_minor <= most_shillings * 100:
            return int(fee)
    return 0


def sent(world: World, shortcode: str, amount_minor: int, **more: Any) -> Json:
    """Pay a person from the float, amount and fee, or raise Insufficient and move nothing."""
    fee = fee_of(world, amount_minor)
    if account(world, shortcode)["utility_minor"] < amount_minor + fee:
        raise Insufficient(shortcode)
    return paid_out(world, shortcode, amount_minor, fee, **more)


def paid_out(world: World, shortcode: str, amount_minor: int, fee: int, **more: Any) -> Json:
    """Book a payout and its fee, which are two lines of the statement."""
    doc = transact(world, "b2c", shortcode, amount_minor, fee_minor=fee, **more)
    book(world, doc, withdrawn=amount_minor, details=f"Business Payment to Customer {doc['msisdn']}")
    if fee:
        book(world, doc, withdrawn=fee, details="Business Payment to Customer Charge", fee=True)
    return doc


def reversed_(world: World, original: Json, **more: Any) -> Json:
    """Give a payment back in full under a receipt of its own, or raise Insufficient and move nothing."""
    if account(world, original["shortcode"])["utility_minor"] < original["amount_minor"]:
        raise Insufficient(original["shortcode"])
    return undone(world, original, **more)


def undone(world: World, original: Json, **more: Any) -> Json:
    """Book a reversal and note it on the payment."""
    same = {name: original[name] for name in ("msisdn", "reference")}
    doc = transact(
        world, "reversal", original["shortcode"], original["amount_minor"], original=original["id"], **same, **more
    )
    book(world, doc, withdrawn=doc["amount_minor"], details=f"Reversal of {original['id']}")
    world.state.put("mpesa_transaction", original | {"reversed_by": doc["id"]})
    return doc


def retrace(world: World) -> None:
    """Put the lines of all accounts in the order of their times, and write each balance anew."""
    lines = sorted(world.state.find("mpesa_line"), key=lambda line: float(line["at"]))
    held = {books["id"]: books["opening_minor"] for books in world.state.find("mpesa_account")}
    world.state.forget("mpesa_line")
    for number, line in enumerate(lines, start=1):
        held[line["shortcode"]] += line["paid_in_minor"] - line["withdrawn_minor"]
        world.state.put("mpesa_line", line | {"id": str(number), "balance_minor": held[line["shortcode"]]})


def set_utility(world: World, shortcode: str, utility_minor: int) -> Json:
    """Make the account hold an amount, by a line that says so."""
    step = utility_minor - account(world, shortcode)["utility_minor"]
    if step:
        doc = transact(world, "transfer", shortcode, abs(step))
        words = "Funds transfer into Utility Account" if step > 0 else "Funds transfer out of Utility Account"
        book(world, doc, paid_in=max(step, 0), withdrawn=max(-step, 0), details=words)
    return account(world, shortcode)
