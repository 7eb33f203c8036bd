"""What an order is waiting for, as its buyer should understand it. Pure: rows in, one word out."""

from typing import Literal

from marketplace.commerce.models import Order, OrderHold
from marketplace.commerce.services.pay_order import can_pay
from marketplace.payments.models import Payment

Stage = Literal[
    "choose", "phone", "page", "starting", "checking", "failed", "review", "held", "denied", "preparing", "done",
    "expired", "cancelled",
]  # fmt: skip
"""choose: no payment yet · phone: a request is on the buyer's phone · page: the provider's page waits · starting: it is
being set up · checking: the time is over, the provider is asked · preparing: paid, goods on their way · held: paid, and
a person looks before they go out · denied: they never will, and the money goes back."""
POLLED: frozenset[Stage] = frozenset({"phone", "starting", "checking", "preparing"})
"""Stages that end by themselves."""

_SETTLED: dict[str, Stage] = {
    Order.Status.PAID: "preparing",
    Order.Status.FULFILLED: "done",
    Order.Status.REVIEW: "review",
    Order.Status.EXPIRED: "expired",
    Order.Status.CANCELLED: "cancelled",
}
_HELD: dict[str, Stage] = {OrderHold.Outcome.WAITING: "held", OrderHold.Outcome.REFUSED: "denied"}


def stage_of(order: Order, payment: Payment | None, hold: str = "") -> Stage:
    """`payment` is the latest attempt; `hold` what became of the look at a paid order's payment, if there was one."""
    if order.status == Order.Status.PAID and hold in _HELD:
        return _HELD[hold]
    if order.status in _SETTLED:
        return _SETTLED[order.status]
    if payment is None:
        return "choose" if can_pay(order) else "expired"
    return _while_pending(order, payment)


def _while_pending(order: Order, payment: Payment) -> Stage:
    if payment.status == Payment.Status.SUCCEEDED:
        return "preparing"
    if payment.status == Payment.Status.REVIEW:
        return "review"
    if not payment.is_live:
        return "failed" if can_pay(order) else "expired"
    if not can_pay(order):
        return "checking"
    if payment.provider == "mpesa":
        return "phone"
    return "page" if payment.next_url else "starting"
