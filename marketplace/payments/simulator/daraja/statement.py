"""The organization portal's account statement as CSV, in the portal's columns [their exact form is assumed]."""

import csv
import io

from marketplace.payments.simulator.clock import nairobi
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.world import World

from . import people
from .accounts import account

COLUMNS = (
    "Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In", "Withdrawn",
    "Balance", "Balance Confirmed", "Reason Type", "Other Party Info", "Linked Transaction ID", "A/C No.", "Currency",
)  # fmt: skip
REASONS = {
    "stk": "Pay Bill Online",
    "c2b": "Pay Bill",
    "b2c": "Business Payment to Customer via API",
    "fee": "Business Payment to Customer Charge",
    "reversal": "Transaction Reversal",
    "transfer": "Funds Transfer",
}


def statement(world: World, shortcode: str, begin: float, end: float, *, preamble: bool = False) -> str:
    """Return the lines of a shortcode completed from `begin` until before `end` (unix seconds), newest first."""
    lines = [line for line in world.state.find("mpesa_line", shortcode=shortcode) if begin <= line["at"] < end]
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    if preamble:
        for row in heading(world, shortcode):
            write(row)
    write(COLUMNS)
    for line in reversed(lines):
        write(cells(line))
    return out.getvalue()


def heading(world: World, shortcode: str) -> list[list[str]]:
    """Return what the portal writes above the table."""
    held = account(world, shortcode)["utility_minor"]
    return [
        ["Account Holder:", world.settings.merchant],
        ["Short Code:", shortcode],
        ["Account:", "Utility Account"],
        ["Closing Balance:", money(held)],
        [],
    ]


def cells(line: Json) -> list[str]:
    """Return one line; a payout and its fee share a receipt."""
    party = f"{people.masked(line['msisdn'])} - {people.full_name(line['msisdn'])}" if line["msisdn"] else ""
    return [
        line["receipt"],
        time(line["at"]),
        time(line["initiated"]),
        line["details"],
        "Completed",
        money(line["paid_in_minor"]) if line["paid_in_minor"] else "",
        money(line["withdrawn_minor"]) if line["withdrawn_minor"] else "",
        money(line["balance_minor"]),
        "true",
        REASONS[line["kind"]],
        party,
        line["original"],
        line["reference"] if line["kind"] in ("stk", "c2b") else "",
        "KES",
    ]


def time(at: float) -> str:
    """Write a time in Kenya."""
    return nairobi(at).strftime("%Y-%m-%d %H:%M:%S")


def money(minor: int) -> str:
    """Write cents as shillings, without separators."""
    return f"{minor // 100}.{minor % 100:02d}"
