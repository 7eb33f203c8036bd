"""Balance transactions and the fee: 2.9 % + 30 minor units, settled in the charge's own currency [assumed]."""

from collections import defaultdict

from marketplace.payments.simulator.state import Json

from .desk import Desk, public
from .objects import blank

AVAILABLE_AFTER = 2 * 86400  # seconds
DISPUTE_FEE = 1500


def fee_of(desk: Desk, amount: int) -> int:
    """Return Stripe's fee for a charge, rounded half up."""
    points, fixed = int(desk.world.tuned("fee_basis_points")), int(desk.world.tuned("fee_fixed"))
    return (amount * points + 5000) // 10000 + fixed


def book(
    desk: Desk,
    kind: str,
    amount: int,
    source: Json,
    *,
    fee: int = 0,
    category: str = "",
    available_on: int | None = None,
) -> Json:
    """Book a balance transaction; `amount` is negative when money leaves, `fee` when it comes back."""
    detail = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    when = desk.now() + AVAILABLE_AFTER if available_on is None else available_on
    doc = blank(
        "balance_transaction", id=desk.new_id("txn_"), amount=amount, fee=fee, net=amount - fee,
        currency=source["currency"], created=desk.now(), available_on=when, fee_details=[detail] if fee else [],
        reporting_category=category or kind, source=source["id"], status="pending", type=kind,
    )  # fmt: skip
    return desk.save(doc)


def clears_on(desk: Desk, charge: Json | None) -> int:
    """Return when money of a charge can be used: what leaves because of it leaves the same part of the balance."""
    if charge is None:
        return desk.now()
    entry = desk.world.state.get("balance_transaction", charge["balance_transaction"] or "", account=desk.account)
    return max(desk.now(), int(entry["available_on"])) if entry else desk.now() + AVAILABLE_AFTER


def seen(desk: Desk, doc: Json) -> Json:
    """Return an object as the API shows it now: pending funds become available by the clock alone."""
    shown = public(doc)
    if doc.get("object") == "balance_transaction" and desk.now() >= doc["available_on"]:
        shown["status"] = "available"
    return shown


def available(desk: Desk, currency: str, *, pending: bool = False) -> int:
    """Return what an account can use now in a currency, or also what it can use later."""
    rows = desk.find("balance_transaction", currency=currency)
    return sum(doc["net"] for doc in rows if pending or seen(desk, doc)["status"] == "available")


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
