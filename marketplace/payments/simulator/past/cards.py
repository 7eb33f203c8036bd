"""The past at Stripe, made by what makes the present: only the desk is another."""

from dataclasses import dataclass, field

from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.stripe import accounts, charging, disputes, intents, money, onboarding, refunds
from marketplace.payments.simulator.stripe import transfers as moving
from marketplace.payments.simulator.stripe.balance import book
from marketplace.payments.simulator.stripe.cards import by_number
from marketplace.payments.simulator.stripe.desk import Desk
from marketplace.payments.simulator.stripe.objects import blank
from marketplace.payments.simulator.stripe.sessions import details_of
from marketplace.payments.simulator.world import World

from . import rows

CARD = "4242424242424242"
"""What everybody paid with."""
SHORT_OF_MONEY = "insufficient_funds"
"""Stripe's `pending_reason` of a refund that leaves the balance only when it is done."""


@dataclass
class PastDesk(Desk):
    """A desk on which it is another time, where things already have names, and from which nobody hears."""

    at: int = 0
    names: dict[str, str] = field(default_factory=dict)

    def now(self) -> int:
        """Return the time of what is being told."""
        return self.at

    def new_id(self, prefix: str, length: int = 24) -> str:
        """Return the name the thing had; each is given once."""
        return self.names.pop(prefix, "") or super().new_id(prefix, length)

    def emit(self, kind: str, doc: Json, previous: Json | None = None) -> None:
        """Tell nobody: it was told at the time."""


def desk_of(world: World, row: rows.Row, prefix: str, transaction: str = "", **names: str) -> PastDesk:
    """Return the desk for a row. A balance transaction without a name gets one that the next telling repeats."""
    return PastDesk(world, at=int(row.at), names={prefix: row.id, "txn_": transaction or f"txn_{row.id}", **names})


def charge_of(world: World, name: str) -> Json:
    """Return a charge; KeyError when there is none such."""
    found = world.state.get("charge", name, account="")
    if found is None:
        raise KeyError(name)
    return found


def payment(world: World, row: rows.CardPayment) -> bool:
    """Remember a charge, its intent and its page. False: it was known."""
    if world.state.get("charge", row.id) is not None:
        return False
    currency = money.known_currency(row.currency, "currency")
    desk = desk_of(world, row, "ch_", row.balance_transaction, pi_=row.payment_intent)
    told = {"metadata": row.metadata, "description": row.description or None}
    intent = intents.new_intent(desk, row.amount_minor, currency, told)
    card = by_number(CARD)
    method = charging.payment_method(desk, card, {"email": row.email or None, "name": None})
    charge = charging.save_charge(desk, intent, method, card)
    entry = book(desk, "charge", row.amount_minor, charge, fee=row.fee_minor)
    desk.save(charge | {"balance_transaction": entry["id"]})
    paid = {"status": "succeeded", "amount_received": row.amount_minor, "latest_charge": charge["id"]}
    desk.save(intent | paid | {"payment_method": method["id"]})
    desk.save(session(desk, row, currency))
    return True


def session(desk: PastDesk, row: rows.CardPayment, currency: str) -> Json:
    """Return the page it was paid on, as it is afterwards."""
    amounts = {"amount_subtotal": row.amount_minor, "amount_total": row.amount_minor}
    details = details_of({"email": row.email or None, "name": None})
    return blank(
        "checkout.session", id=row.session, mode="payment", ui_mode="hosted_page", status="complete", **amounts,
        payment_status="paid", created=desk.now(), expires_at=desk.now(), currency=currency, metadata=row.metadata,
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}, customer_details=details,
        client_reference_id=row.reference or None, payment_intent=row.payment_intent, _line_items=[], _intent={},
    )  # fmt: skip


def refund(world: World, row: rows.Refund) -> bool:
    """Remember a refund; a pending one has moved nothing yet."""
    if world.state.get("refund", row.id) is not None:
        return False
    if row.status not in ("succeeded", "pending"):
        raise ValueError("a refund of the past has succeeded or is pending")
    desk = desk_of(world, row, "re_", row.balance_transaction)
    desk.params = {"metadata": row.metadata}
    charge = charge_of(world, row.charge)
    if row.amount_minor > disputes.remaining(charge):
        raise ValueError(f"{row.id} is more than what is left of {row.charge}")
    waits = row.status == "pending"
    made = refunds.written(desk, charge, row.amount_minor, pending=SHORT_OF_MONEY if waits else None)
    if not waits:
        refunds.withdraw(desk, charge, made)
    else:
        desk.save(made)
    refunds.counted(desk, charge, row.amount_minor)
    if waits and row.ends is not None:
        delay = row.ends - world.clock.now()
        world.scheduler.at("stripe_refund", {"id": row.id, "fails": False}, delay=delay)
    return True


def dispute(world: World, row: rows.Dispute) -> bool:
    """Remember a dispute, and how it ended if it has."""
    if world.state.get("dispute", row.id) is not None:
        return False
    if row.status not in (*disputes.UNDECIDED, "won", "lost", "warning_closed"):
        raise ValueError(f"Stripe knows no dispute that is {row.status}")
    desk, inquiry = desk_of(world, row, "du_", row.balance_transaction), row.status.startswith("warning")
    made = disputes.open_dispute(
        desk, charge_of(world, row.charge), row.reason, amount=row.amount_minor, inquiry=inquiry, due=int(row.due),
        fee=row.fee_minor,
    )  # fmt: skip
    if row.status in disputes.UNDECIDED:
        desk.save(made | {"status": row.status})
    else:
        name = row.return_transaction or f"txn_{row.id}_won"
        later = PastDesk(world, at=int(row.at if row.ended is None else row.ended), names={"txn_": name})
        disputes.decide(later, made, won=row.status == "won")
    return True


def account(world: World, row: rows.Account) -> bool:
    """Remember a connected account whose owner has said everything."""
    if world.state.get("account", row.id) is not None:
        return False
    desk = desk_of(world, row, "acct_")
    desk.params = {"email": row.email or None, "capabilities": {"transfers": {"requested": True}}}
    desk.save(onboarding.judged(accounts.opened(desk, row.country), works=True))
    return True


def transfer(world: World, row: rows.Transfer) -> bool:
    """Remember a transfer, on both sides."""
    if world.state.get("transfer", row.id) is not None:
        return False
    destination = world.state.get("account", row.destination)
    if destination is None:
        raise KeyError(row.destination)
    desk = desk_of(world, row, "tr_", row.balance_transaction, py_=f"py_{row.id}")
    desk.params = {name: getattr(row, name) for name in ("transfer_group", "description", "metadata")}
    moving.move(desk, destination, None, row.amount_minor, money.known_currency(row.currency, "currency"))
    return True
