"""Take a whole past at once. What is known already stays as it is, so that the same past may be told again."""

from collections.abc import Callable
from typing import Any

from marketplace.payments.simulator.daraja.accounts import retrace
from marketplace.payments.simulator.state import Json
from marketplace.payments.simulator.stripe.errors import StripeError
from marketplace.payments.simulator.world import World

from . import cards, phones, rows

AHEAD = 60.0  # seconds by which the clock of who tells may be ahead of this one
PAYMENTS: dict[str, type[rows.Row]] = {"card": rows.CardPayment, "stk": rows.Prompt, "c2b": rows.Bill}
LISTS: dict[str, type[rows.Row]] = {
    "accounts": rows.Account, "refunds": rows.Refund, "reversals": rows.Reversal, "disputes": rows.Dispute,
    "payouts": rows.Payout, "transfers": rows.Transfer,
}  # fmt: skip
TELLERS: dict[type[rows.Row], Callable[[World, Any], bool]] = {
    rows.Account: cards.account, rows.CardPayment: cards.payment, rows.Refund: cards.refund,
    rows.Dispute: cards.dispute, rows.Transfer: cards.transfer, rows.Prompt: phones.prompt, rows.Bill: phones.bill,
    rows.Reversal: phones.reversal, rows.Payout: phones.payout,
}  # fmt: skip
ORDER = list(TELLERS)
FIELDS: Json = {"payments": [], **{name: [] for name in LISTS}, "opening": {}}
"""What can be told, and that none of it must be."""


def remember(world: World, order: Json) -> Json:
    """Believe what is told, oldest first, and call nobody back. Answers how much of it was new.

    ValueError, TypeError: it is not understood; KeyError: it is about something that nobody told. All of it or nothing.
    """
    told = understood(order)
    if late := [row.id for row in told if row.at > world.clock.now() + AHEAD]:
        raise ValueError(f"the past does not lie ahead: {', '.join(late[:5])}")
    try:
        with world.state.atomic():
            phones.open_with(world, order["opening"])
            new = sum(TELLERS[type(row)](world, row) for row in told)
            if new:
                retrace(world)
    except StripeError as error:
        raise ValueError(str(error)) from error
    return {"new": new, "known": len(told) - new}


def understood(order: Json) -> list[rows.Row]:
    """Return all rows in the order of their times; of two at one time that first which the other may be about."""
    found = [rows.read(kind, row) for name, kind in LISTS.items() for row in order[name]]
    found += [payment(row) for row in order["payments"]]
    return sorted(found, key=lambda row: (float(row.at), ORDER.index(type(row))))


def payment(given: object) -> rows.Row:
    """Return a payment of the kind it says it is."""
    if not isinstance(given, dict) or given.get("kind") not in PAYMENTS:
        raise ValueError(f"the kind of a payment is one of {', '.join(PAYMENTS)}")
    return rows.read(PAYMENTS[given["kind"]], {name: value for name, value in given.items() if name != "kind"})
