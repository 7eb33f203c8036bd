"""A buyer asks for money back: the promised rule answers at once, anything else is for the seller."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from marketplace.commerce.bulk.window import asking_until
from marketplace.commerce.errors import RefundDecided, RefundNotPossible
from marketplace.commerce.models import Order, OrderLine, OrderRefund
from marketplace.commerce.pricing import STEPS
from marketplace.commerce.refunds.amounts import percent_of, price_of_units
from marketplace.commerce.refunds.left import is_disputed, parts_left
from marketplace.commerce.refunds.rules import Entitlement, entitlement
from marketplace.commerce.services.refund_order import RefundWish, live_positions, refund_order
from marketplace.core import clock, outbox

Status = OrderRefund.Status
By = OrderRefund.By
WHOLE = 100


def may_refund(line: OrderLine, now: dt.datetime | None = None) -> Entitlement:
    """What the promise copied into a paid line gives its buyer now, or more where it was put off since."""
    paid_at, now = line.order.paid_at, now or clock.now()
    if paid_at is None:
        return Entitlement(0)
    promised = entitlement(line, paid_at=paid_at, now=now)
    postponed = asking_until(line, now) if promised.percent < WHOLE else None
    return Entitlement(WHOLE, postponed) if postponed else promised


@dataclass(frozen=True, slots=True)
class Askable:
    """One line with what of it may be asked back now."""

    line: OrderLine
    positions: list[int]
    right: Entitlement
    amount_minor: int
    """For all of `positions`: promised, or at most when the seller decides."""


def askable(order: Order) -> list[Askable]:
    """Lines the buyer may ask about, unless a bank asks already. What was used, or has ended, is not among them."""
    if not order.is_paid or order.paid_by_id is None or is_disputed(order.pk):
        return []
    lines = list(order.lines.select_related("seller", "offer", "order"))
    left = parts_left(lines)
    found = []
    for line in lines:
        positions = live_positions(line, unused=True)
        right = may_refund(line)
        if not positions or not left[line.pk].total or not (right.percent or right.ask):
            continue
        found.append(Askable(line, positions, right, _amount(line, positions, right.percent or 100)))
    return [one for one in found if one.amount_minor]


@transaction.atomic
def ask_refund(*, order_id: int, chosen: dict[int, list[int]], reason: str, actor_id: int | None = None) -> OrderRefund:
    """The buyer gives up units (line -> positions). Within the promise they are paid back at once, else it is asked.

    Raises `RefundNotPossible` for anything that is not askable; one open request an order at a time.
    """
    order = Order.locked(order_id)
    if order.refunds.filter(status=Status.ASKED).exists():
        raise RefundNotPossible
    offered = {one.line.pk: one for one in askable(order)}
    wishes, at_once = [], True
    for line_id, positions in chosen.items():
        one = offered.get(line_id)
        twice = len(set(positions)) != len(positions)
        if one is None or not positions or twice or not set(positions) <= set(one.positions):
            raise RefundNotPossible
        amount = _amount(one.line, positions, one.right.percent or 100)
        wishes.append(RefundWish(line_id, tuple(sorted(positions)), amount))
        at_once = at_once and bool(one.right.percent)
    if not wishes:
        raise RefundNotPossible
    if at_once:
        return refund_order(order_id=order.pk, what=wishes, asked_by=By.BUYER, actor_id=actor_id, reason=reason)
    return _write_request(order, wishes, reason, actor_id)


@transaction.atomic
def decide_refund(
    *, refund_id: int, accept: bool, actor_id: int | None, answer: str = "", no_debt: bool = False
) -> OrderRefund:
    """The seller's or the marketplace's answer to a request; `no_debt` as in `refund_order`.

    Raises `RefundDecided` when somebody was faster.
    """
    order_id = OrderRefund.objects.values_list("order_id", flat=True).get(pk=refund_id)
    Order.locked(order_id)
    refund = OrderRefund.locked(refund_id)
    if refund.status != Status.ASKED:
        raise RefundDecided
    refund.answer = answer.strip()[:300]
    if accept:
        refund.save(update_fields=["answer"])
        wishes = [
            RefundWish(row.line_id, tuple(row.positions), row.total_minor, row.restock) for row in refund.lines.all()
        ]
        return refund_order(
            order_id=order_id, what=wishes, asked_by=refund.asked_by, actor_id=actor_id, reason=refund.reason,
            asked=refund, no_debt=no_debt,
        )  # fmt: skip
    refund.decided_at = clock.now()
    refund.move_to(Status.REFUSED, also=("answer", "decided_at"))
    outbox.publish("commerce.refund_refused", refund_id=refund.pk)
    return refund


def _write_request(order: Order, wishes: list[RefundWish], reason: str, actor_id: int | None) -> OrderRefund:
    refund = OrderRefund.objects.create(
        order=order, number=order.refunds.count() + 1, asked_by=By.BUYER, actor_id=actor_id, reason=reason[:200],
        amount_minor=sum(wish.amount_minor or 0 for wish in wishes), currency=order.currency, status=Status.ASKED,
    )  # fmt: skip
    for wish in wishes:
        # How it is borne is decided with the refund; until then the seller is shown as bearing it all.
        refund.lines.create(
            line_id=wish.line_id, positions=list(wish.positions), restock=wish.restock,
            total_minor=wish.amount_minor or 0, share_minor=wish.amount_minor or 0, fee_minor=0, tax_minor=0,
        )  # fmt: skip
    outbox.publish("commerce.refund_asked", refund_id=refund.pk)
    return refund


def _amount(line: OrderLine, positions: list[int], percent: int) -> int:
    """The units' price by the promise, as far as it is still there, in amounts that can be paid out."""
    price = price_of_units(line.total_minor, line.quantity, positions)
    left = line.total_minor - line.refunded_minor
    return min(percent_of(price, percent, step=STEPS.get(line.order.currency, 1)), left)
