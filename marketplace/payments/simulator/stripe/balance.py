"""Balance transactions and the fee: 2.9 % + 30 minor units, settled in the charge's own currency [assumed]."""

from collections import defaultdict

from marketplace.payments.simulator.state import Json

from .desk import Desk, new_id, public
from .objects import blank

AVAILABLE_AFTER = 2 * 86400  # seconds
DISPUTE_FEE = 1500


def fee_of(desk: Desk, amount: int) -> int:
    """Return Stripe's fee for a charge, rounded half up."""
    points, fixed = int(desk.world.tuned("fee_basis_points")), int(desk.world.tuned("fee_fixed"))
    return (amount * points + 5000) // 10000 + fixed


def book(desk: Desk, kind: str, amount: int, source: Json, *, fee: int = 0, category: str = "") -> Json:
    """Book a balance transaction; `amount` is negative when money leaves."""
    detail = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    doc = blank(
        "balance_transaction", id=new_id("txn_"), amount=amount, fee=fee, net=amount - fee, currency=source["currency"],
        created=desk.now(), available_on=desk.now() + AVAILABLE_AFTER, fee_details=[detail] if fee else [],
        reporting_category=category or kind, source=source["id"], status="pending", type=kind,
    )  # fmt: skip
    return desk.save(doc)


def seen(desk: Desk, doc: Json) -> Json:
    """Return an object as the API shows it now: pending funds become available by the clock alone."""
    shown = public(doc)
    if doc.get("object") == "balance_transaction" and desk.now() >= doc["available_on"]:
        shown["status"] = "available"
    return shown


def balance(desk: Desk) -> Json:
    """GET /v1/balance."""
    sums: dict[str, dict[str, int]] = {"available": defaultdict(int), "pending": defaultdict(int)}
    for doc in desk.find("balance_transaction"):
        sums[seen(desk, doc)["status"]][doc["currency"]] += doc["net"]
    rows = {
        state: [
            {"amount": amount, "currency": code, "source_types": {"card": amount}}
            for code, amount in sorted(by.items())
        ]
        for state, by in sums.items()
    }
    return {"object": "balance", "livemode": False, "connect_reserved": [], **rows}
