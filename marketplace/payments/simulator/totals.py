"""Sums of everything a provider has moved, so that one number can be compared with one account of ours."""

from collections import defaultdict

from .state import Json
from .world import World

# Reporting category of a Stripe balance transaction: the sum it belongs to, and the sign it is counted with there.
STRIPE = {
    "charge": ("taken", 1),
    "refund": ("refunded", -1),
    "refund_failure": ("refunded", -1),
    "dispute": ("disputed", -1),
    "dispute_reversal": ("reinstated", 1),
    "transfer": ("transferred", -1),
    "transfer_reversal": ("transferred", -1),
    "payout": ("paid_out", -1),
    "payout_failure": ("paid_out", -1),
}
STRIPE_SUMS = (
    "taken",
    "refunded",
    "disputed",
    "reinstated",
    "transferred",
    "paid_out",
    "fees",
    "dispute_fees",
    "holds",
)
DARAJA_SUMS = ("opening", "taken", "reversed", "sent", "fees", "moved_in", "moved_out", "holds")
DARAJA = {"stk": "taken", "c2b": "taken", "reversal": "reversed", "b2c": "sent", "fee": "fees"}


def totals(world: World) -> dict[str, dict[str, Json]]:
    """Return sums in minor units: Stripe's by currency, M-Pesa's by short code."""
    return {"stripe": stripe(world), "daraja": daraja(world)}


def stripe(world: World) -> dict[str, Json]:
    """Sum the platform's own balance transactions; `unsettled` is what was charged and has none yet."""
    sums: dict[str, Json] = defaultdict(lambda: dict.fromkeys((*STRIPE_SUMS, "unsettled"), 0))
    for entry in world.state.find("balance_transaction", account=""):
        row = sums[entry["currency"].upper()]
        name, sign = STRIPE[entry["reporting_category"]]
        row[name] += sign * entry["amount"]
        row["dispute_fees" if name in ("disputed", "reinstated") else "fees"] += entry["fee"]
        row["holds"] += entry["net"]
    for charge in world.state.find("charge", account="", status="succeeded", balance_transaction=None):
        sums[charge["currency"].upper()]["unsettled"] += charge["amount"]
    return dict(sums)


def daraja(world: World) -> dict[str, Json]:
    """Sum the lines of each short code's utility account."""
    sums: dict[str, Json] = {}
    for books in world.state.find("mpesa_account"):
        opening = books["opening_minor"]
        sums[books["id"]] = dict.fromkeys(DARAJA_SUMS, 0) | {"opening": opening, "holds": books["utility_minor"]}
    for line in world.state.find("mpesa_line"):
        row = sums[line["shortcode"]]
        name = DARAJA.get(line["kind"]) or ("moved_in" if line["paid_in_minor"] else "moved_out")
        row[name] += line["paid_in_minor"] + line["withdrawn_minor"]
    return sums
