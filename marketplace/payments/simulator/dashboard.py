"""What a merchant does in Stripe's dashboard, and a bank behind it: refunds, disputes, payouts, accounts.

For the payments page's buttons and the control plane alike. KeyError: there is none such; ValueError: it cannot be.
"""

from .state import Json
from .stripe import onboarding, payouts, refunds
from .stripe.desk import Desk
from .stripe.disputes import OPEN, argue, decide, open_dispute, remaining
from .stripe.errors import StripeError
from .world import World

DISPUTES = ("open", "submit", "win", "lose")
REASONS = (
    "bank_cannot_process", "credit_not_processed", "duplicate", "fraudulent", "general", "noncompliant",
    "product_not_received", "product_unacceptable", "subscription_canceled", "unrecognized",
)  # fmt: skip


def found(world: World, kind: str, object_id: str) -> tuple[Desk, Json]:
    """Return an object and a desk of its account."""
    doc = world.state.get(kind, object_id)
    if doc is None:
        raise KeyError(object_id)
    return Desk(world, world.state.account_of(kind, object_id)), doc


def charge_of(world: World, named: str) -> tuple[Desk, Json]:
    """Return a charge that succeeded, named by itself or by its payment intent."""
    if named.startswith("pi_"):
        named = found(world, "payment_intent", named)[1]["latest_charge"] or named
    desk, charge = found(world, "charge", named)
    if not charge["paid"]:
        raise ValueError("this charge was not paid")
    return desk, charge


def refund(world: World, order: Json) -> Json:
    """Refund a charge without the site: refund.created and charge.refunded are how it hears of it."""
    desk, charge = charge_of(world, str(order["charge"]))
    desk.params = {"charge": charge["id"]} | ({} if order["amount"] is None else {"amount": int(order["amount"])})
    try:
        made = refunds.create(desk)
    except StripeError as error:
        raise ValueError(str(error)) from error
    return {"refund": made["id"], "amount": made["amount"], "status": made["status"]}


def dispute(world: World, order: Json) -> Json:
    """Open a dispute about a charge, hand in its evidence, or let the bank decide it."""
    press = order["press"]
    if press not in DISPUTES:
        raise ValueError(f"press is one of {', '.join(DISPUTES)}")
    if press == "open":
        return shown(opened(world, order))
    desk, doc = found(world, "dispute", str(order["dispute"]))
    if press == "submit":
        if doc["status"] not in OPEN:
            raise ValueError(f"the dispute is {doc['status']}")
        doc = desk.save(argue(desk, doc, {"uncategorized_text": "Handed in by hand."}, submit=True))
        desk.emit("charge.dispute.updated", doc, {})
        return shown(doc)
    return shown(decide(desk, doc, won=press == "win"))


def opened(world: World, order: Json) -> Json:
    """Open a dispute about a charge, for `amount` or for what was not refunded."""
    desk, charge = charge_of(world, str(order["charge"]))
    amount = remaining(charge) if order["amount"] is None else int(order["amount"])
    if not 0 < amount <= charge["amount"]:
        raise ValueError("there is nothing left to dispute; give an amount up to the charge's")
    if order["reason"] not in REASONS:
        raise ValueError(f"reason is one of {', '.join(REASONS)}")
    return open_dispute(desk, charge, order["reason"], amount=amount, inquiry=bool(order["inquiry"]))


def shown(doc: Json) -> Json:
    """Return what an order about a dispute answers."""
    return {"dispute": doc["id"], "amount": doc["amount"], "status": doc["status"]}


def account(world: World, order: Json) -> Json:
    """Press the onboarding page's buttons, or let Stripe restrict an account."""
    desk, doc = found(world, "account", str(order["account"]))
    doc = onboarding.press(desk, doc, order["press"])
    return {"account": doc["id"], "payouts_enabled": doc["payouts_enabled"]}


def payout(world: World, order: Json) -> Json:
    """Pay out everything available in a currency, as the daily schedule does."""
    made = payouts.automatic(Desk(world), str(order["currency"]).lower(), fails=bool(order["fails"]))
    return {"payout": made["id"], "amount": made["amount"]}
