"""/v1/payouts: from the balance to the platform's own bank; asked for, or automatic with a list of what is in it."""

from marketplace.payments.simulator.state import Json

from . import money
from .balance import available, book, seen
from .desk import Desk, new_id, public
from .errors import NotSimulated, StripeError
from .lists import listed
from .objects import blank
from .transfers import POOR

REFUSED = ("destination", "payout_method")
DAY = 86400


def create(desk: Desk) -> Json:
    """POST /v1/payouts."""
    for name in REFUSED:
        if name in desk.params:
            raise NotSimulated(name, name)
    currency, amount = money.known_currency(desk.params["currency"], "currency"), desk.params["amount"]
    money.check_amount(amount, currency, "amount")
    if amount > available(desk, currency):
        raise StripeError(POOR, code="balance_insufficient")
    return send(desk, amount, currency, automatic=False, data=desk.params)


def send(desk: Desk, amount: int, currency: str, *, automatic: bool, data: Json, fails: bool = False) -> Json:
    """Book a payout and plan its arrival."""
    payout = blank(
        "payout", id=new_id("po_"), amount=amount, arrival_date=desk.now() + DAY, automatic=automatic,
        created=desk.now(), currency=currency, description=data.get("description"), metadata=data.get("metadata") or {},
        method=data.get("method", "standard"), source_type=data.get("source_type", "card"), status="in_transit",
        statement_descriptor=data.get("statement_descriptor"), destination="ba_simulator",
        reconciliation_status="completed" if automatic else "not_applicable",
    )  # fmt: skip
    entry = book(desk, "payout", -amount, payout, available_on=desk.now())
    payout["balance_transaction"] = entry["id"]
    desk.save(entry | {"_payout": payout["id"]})
    desk.emit("payout.created", desk.save(payout))
    job = {"id": payout["id"], "fails": fails}
    desk.world.scheduler.at("stripe_payout", job, delay=desk.world.tuned("payout_seconds"))
    return payout


def automatic(desk: Desk, currency: str, *, fails: bool = False) -> Json:
    """Pay out everything that is available, as the daily schedule does; ValueError when that is nothing."""
    ready = [
        doc
        for doc in desk.find("balance_transaction", currency=currency)
        if "_payout" not in doc and seen(desk, doc)["status"] == "available"
    ]
    amount = sum(doc["net"] for doc in ready)
    if amount <= 0:
        raise ValueError(f"nothing is available in {currency.upper()}")
    payout = send(desk, amount, currency, automatic=True, data={}, fails=fails)
    for doc in ready:
        desk.save(doc | {"_payout": payout["id"]})
    desk.emit("payout.reconciliation_completed", payout)
    return payout


def arrive(desk: Desk, payout: Json, *, fails: bool) -> None:
    """Let the bank take a payout, or send it back."""
    if not fails:
        desk.emit("payout.paid", desk.save(payout | {"status": "paid"}), {"status": payout["status"]})
        return
    entry = book(desk, "payout_failure", payout["amount"], payout, available_on=desk.now())
    payout |= {"failure_balance_transaction": entry["id"], "failure_code": "account_closed"}
    payout |= {"failure_message": "The bank account has been closed.", "status": "failed"}
    desk.emit("payout.failed", desk.save(payout), {"status": "in_transit"})


def retrieve(desk: Desk) -> Json:
    """GET /v1/payouts/{id}."""
    return desk.get("payout", desk.path["id"])


def index(desk: Desk) -> Json:
    """GET /v1/payouts, by status."""
    wanted = {name: desk.params[name] for name in ("status", "destination") if name in desk.params}
    return listed(desk, "/v1/payouts", [public(doc) for doc in desk.find("payout", **wanted)])
