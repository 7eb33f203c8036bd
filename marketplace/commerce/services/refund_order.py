"""The decision to give back: one transaction that ends what is paid back, books it, and sets the money on its way."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce import stock
from marketplace.commerce.errors import (
    BalanceTooSmall,
    NothingLeft,
    NotPaid,
    RefundChanged,
    RefundNotPossible,
    UnitsGone,
)
from marketplace.commerce.fulfillment import fulfiller
from marketplace.commerce.models import Order, OrderLine, OrderRefund, OrderRefundLine
from marketplace.commerce.refunds import bookings
from marketplace.commerce.refunds.amounts import Parts, price_of_units, split
from marketplace.commerce.refunds.left import DECIDED, ended_positions, is_disputed, parts_left
from marketplace.core import clock, outbox
from marketplace.core.errors import NotYours
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.services import post
from marketplace.payments.errors import PaymentDisputed
from marketplace.payments.services import reserve_refund
from marketplace.payouts.services import take_back_lines

Status = OrderRefund.Status


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What of one line. `positions` end; `amount_minor` None: their full price, or all that is left of it."""

    line_id: int
    positions: Sequence[int] = field(default_factory=tuple)
    amount_minor: int | None = None
    restock: bool = True


@transaction.atomic
def refund_order(
    *, order_id: int, what: Sequence[RefundWish], asked_by: str, actor_id: int | None, reason: str, batch: str = "",
    method: str = "auto", evidence: str = "", expected: int | None = None, asked: OrderRefund | None = None,
    notify: bool = True, no_debt: bool = False,
) -> OrderRefund:  # fmt: skip
    """Give back money of a paid order and end what it pays back. The money itself leaves after commit.

    `what` names each line once. `batch`: asked again with the same one, the first refund is returned. `expected`: how
    many refunds the caller saw; raises `RefundChanged` when there are others by now, so that a second click gives
    nothing twice. `asked`: the request this decides. `no_debt`: refuses `balance_too_small` when a seller would owe us
    for it. Raises `NotPaid`, `NothingLeft`, `UnitsGone`, and whatever
    `reserve_refund` refuses; then nothing has changed.
    """
    order = Order.locked(order_id)
    if batch and (found := OrderRefund.objects.filter(order=order, batch=batch).first()):
        return found
    _check(order, expected)
    _check_reach(order, what, asked_by, actor_id)
    lines = {line.pk: line for line in lock_lines(order)}
    parts = {wish.line_id: _parts(wish, lines, order) for wish in what}
    if asked_by == OrderRefund.By.BUYER:
        _check_price(what, lines)
    amount = sum(part.total for part in parts.values())
    refund = _write(
        order, asked, what, lines, parts, asked_by=asked_by, actor_id=actor_id, reason=reason, batch=batch,
        amount=amount,
    )  # fmt: skip
    if amount:
        _book(order, refund, list(lines.values()), parts, no_debt=no_debt)
    end_units(what, lines, reason=reason, actor_id=actor_id)
    if amount:
        refund.payment_refund = reserve_refund(
            payment_id=order.paid_by_id, amount_minor=amount, key=refund_key(order, refund), reason=reason,  # type: ignore[arg-type]
            method=method, evidence=evidence,
        )  # fmt: skip
        refund.save(update_fields=["payment_refund"])
    _close_overtaken(order)
    outbox.publish("commerce.refund_decided", refund_id=refund.pk, notify=notify)
    return refund


def cancel_units(
    *, order_id: int, what: Sequence[RefundWish], asked_by: str, actor_id: int | None, reason: str,
    expected: int | None = None, notify: bool = True,
) -> OrderRefund:  # fmt: skip
    """End units without giving money back: another act than a refund, which may follow."""
    free = [RefundWish(wish.line_id, wish.positions, 0, wish.restock) for wish in what]
    return refund_order(
        order_id=order_id, what=free, asked_by=asked_by, actor_id=actor_id, reason=reason, expected=expected,
        notify=notify,
    )  # fmt: skip


def refund_key(order: Order, refund: OrderRefund) -> str:
    return f"order:{order.code}:refund:{refund.number}"


def everything_left(order: Order) -> list[RefundWish]:
    """All units that still live and all money that is left."""
    wishes = []
    lines = list(order.lines.select_related("seller"))
    left = parts_left(lines)
    for line in lines:
        positions = live_positions(line)
        if positions or left[line.pk].total:
            wishes.append(RefundWish(line.pk, positions, left[line.pk].total))
    return wishes


def live_positions(line: OrderLine, *, unused: bool = False) -> list[int]:
    """Units that have not ended, `unused`: nor been used. Of what was not delivered yet: those that will be."""
    if line.delivered_at is not None:
        units = fulfiller(line.kind).units(line)
        return [unit.position for unit in units if unit.live and not (unused and unit.used)]
    gone = ended_positions(line)
    return [position for position in range(1, line.quantity + 1) if position not in gone]


def _check(order: Order, expected: int | None) -> None:
    if not order.is_paid:
        raise NotPaid
    decided = order.refunds.filter(status__in=DECIDED).count()
    if expected is not None and decided != expected:
        raise RefundChanged


def _check_reach(order: Order, what: Sequence[RefundWish], asked_by: str, actor_id: int | None) -> None:
    """A seller gives back what is their own, and nobody gives back money a bank is deciding about."""
    if asked_by == OrderRefund.By.SELLER:
        own = OrderLine.objects.filter(order=order, seller__members__user=actor_id).values_list("pk", flat=True)
        if not {wish.line_id for wish in what} <= set(own):
            raise NotYours
    if any(wish.amount_minor != 0 for wish in what) and is_disputed(order.pk):
        raise PaymentDisputed


def lock_lines(order: Order) -> list[OrderLine]:
    rows = OrderLine.objects.select_for_update(no_key=True, of=("self",)).filter(order=order).order_by("pk")
    return list(rows.select_related("seller").prefetch_related("taxes"))


def _close_overtaken(order: Order) -> None:
    """Requests for units that have ended meanwhile wait for nobody's answer any more: whoever asked has one."""
    for request in order.refunds.filter(status=Status.ASKED).prefetch_related("lines__line"):
        if any(set(row.positions) - set(live_positions(row.line)) for row in request.lines.all()):
            request.decided_at = clock.now()
            request.move_to(Status.OVERTAKEN, also=("decided_at",))


def _parts(wish: RefundWish, lines: dict[int, OrderLine], order: Order) -> Parts:
    """How the amount of one wish is borne. The amount of units is their price, as far as it is still there."""
    if wish.line_id not in lines:
        raise UnitsGone
    line = lines[wish.line_id]
    live = live_positions(line)
    if not set(wish.positions) <= set(live) or len(set(wish.positions)) != len(wish.positions):
        raise UnitsGone
    left = parts_left([line])[line.pk]
    amount = wish.amount_minor
    if amount is None:
        price = price_of_units(line.total_minor, line.quantity, wish.positions)
        amount = left.total if len(wish.positions) == len(live) else min(price, left.total)
    if amount < 0 or amount > left.total:
        raise NothingLeft(left_minor=left.total)
    if amount and order.paid_by_id is None:
        raise NotPaid
    if not amount and not wish.positions:
        raise UnitsGone
    return split(amount, left)


def _check_price(what: Sequence[RefundWish], lines: dict[int, OrderLine]) -> None:
    """A buyer gets for units what they cost, or less: whatever asked in their name."""
    for wish in what:
        line = lines[wish.line_id]
        if (wish.amount_minor or 0) > price_of_units(line.total_minor, line.quantity, wish.positions):
            raise RefundNotPossible


def _write(
    order: Order, asked: OrderRefund | None, what: Sequence[RefundWish], lines: dict[int, OrderLine],
    parts: dict[int, Parts], *, amount: int, asked_by: str, actor_id: int | None, reason: str, batch: str,
) -> OrderRefund:  # fmt: skip
    refund = asked or OrderRefund(
        order=order, number=order.refunds.count() + 1, asked_by=asked_by, actor_id=actor_id,
        currency=order.currency, status=Status.ASKED, batch=batch, amount_minor=amount, reason=reason[:200],
    )  # fmt: skip
    refund.amount_minor, refund.decided_at = amount, clock.now()
    refund.save()
    refund.lines.all().delete()
    OrderRefundLine.objects.bulk_create(
        OrderRefundLine(
            refund=refund, line=lines[wish.line_id], positions=list(wish.positions), restock=wish.restock,
            total_minor=parts[wish.line_id].total, share_minor=parts[wish.line_id].share,
            fee_minor=parts[wish.line_id].fee, tax_minor=parts[wish.line_id].tax,
            commission_tax_minor=parts[wish.line_id].commission_tax,
        )
        for wish in what
    )  # fmt: skip
    for wish in what:
        line = lines[wish.line_id]
        line.refunded_minor += parts[wish.line_id].total
        line.refunded_quantity += len(wish.positions)
        line.save(update_fields=["refunded_minor", "refunded_quantity"])
    order.refunded_minor += amount
    order.save(update_fields=["refunded_minor"])
    refund.settled_at = None if amount else clock.now()
    refund.move_to(Status.SENDING if amount else Status.DONE, also=("settled_at",))
    record(
        action="order.refunded" if amount else "order.units_cancelled", target=order, actor_id=actor_id,
        data={"refund": refund.number, "minor": amount, "by": asked_by},
    )  # fmt: skip
    return refund


def _book(order: Order, refund: OrderRefund, lines: list[OrderLine], parts: dict[int, Parts], *, no_debt: bool) -> None:
    """Dr what each party had of it / Cr refunds in transit."""
    back = {line_id: part for line_id, part in parts.items() if part.total}
    debits = bookings.together(take_back_lines(bookings.payout_parts(back)), bookings.borne_by_others(lines, back))
    if no_debt and any(account.code == Code.SELLER_RECEIVABLE for account in debits):
        raise BalanceTooSmall
    post(
        key=refund_key(order, refund),
        kind="refund",
        currency=order.currency,
        lines={**debits, AccountKey(Code.REFUNDS_IN_TRANSIT): -refund.amount_minor},
        reference=order.code,
    )


def end_units(what: Sequence[RefundWish], lines: dict[int, OrderLine], *, reason: str, actor_id: int | None) -> None:
    """Take back what the wishes end, and put on sale again what shall be."""
    for wish in what:
        line = lines[wish.line_id]
        if wish.positions and line.delivered_at is not None:
            fulfiller(line.kind).withdraw(line, positions=wish.positions, reason=reason, actor_id=actor_id)
    stock.put_back({wish.line_id: len(wish.positions) for wish in what if wish.restock and wish.positions})
