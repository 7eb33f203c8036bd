"""What the payment room says about refunds, made true for the order. Every function may be called more than once."""

from django.db import transaction

from marketplace.commerce.models import Order, OrderLine, OrderRefund, OrderRefundLine
from marketplace.commerce.refunds import bookings
from marketplace.commerce.refunds.amounts import Parts, spread
from marketplace.commerce.refunds.left import parts_left
from marketplace.commerce.services.refund_order import RefundWish, end_units, live_positions, lock_lines, refund_key
from marketplace.commerce.services.settle_order import close_if_gone, require_set_aside, returned_key
from marketplace.core import clock, outbox
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.services import post
from marketplace.notifications.services import raise_alert
from marketplace.payments.models import Payment, Refund
from marketplace.payments.services import book_refund_settled
from marketplace.payouts.services import take_back_lines

Status = OrderRefund.Status


@transaction.atomic
def refund_arrived(*, refund_id: str) -> None:
    """The money is back with the buyer."""
    refund = _of(refund_id)
    if refund is None or refund.status == Status.DONE or refund.payment_refund is None:
        return
    if refund.payment_refund.status == Refund.Status.SUCCEEDED:
        refund.settled_at = clock.now()
        refund.move_to(Status.DONE, also=("settled_at",))
        outbox.publish("commerce.refund_done", refund_id=refund.pk)


@transaction.atomic
def refund_stuck(*, refund_id: str) -> None:
    """The provider refused: still owed, tried again or paid by hand."""
    refund = _of(refund_id)
    if refund is None or refund.payment_refund is None or not refund.can_move_to(Status.FAILED):
        return
    if refund.payment_refund.status == Refund.Status.FAILED:
        refund.settled_at = None
        refund.move_to(Status.FAILED, also=("settled_at",))


@transaction.atomic
def refund_on_its_way(*, refund_id: str) -> None:
    """What had failed is tried again."""
    refund = _of(refund_id)
    if refund is None or refund.payment_refund is None or refund.status != Status.FAILED:
        return
    if refund.payment_refund.status not in (Refund.Status.FAILED, Refund.Status.SUCCEEDED):
        refund.move_to(Status.SENDING)


def _of(refund_id: str) -> OrderRefund | None:
    found = OrderRefund.objects.filter(payment_refund__pk=refund_id).first()
    if found is None:
        return None
    Order.locked(found.order_id)
    return (
        OrderRefund.objects.select_for_update(no_key=True, of=("self",))
        .select_related("payment_refund")
        .get(pk=found.pk)
    )


@transaction.atomic
def refunded_outside(*, refund_id: str) -> OrderRefund | None:
    """Somebody gave money back in the provider's own dashboard: book it, and end everything when it was everything.

    Raises `NotBookedYet` when the money itself is not in our books yet.
    """
    made = Refund.objects.select_related("payment").get(pk=refund_id)
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(code=made.payment.reference).first()
    if order is None:
        return None
    if order.paid_by_id != made.payment_id or not order.is_paid:
        payment = Payment.locked(made.payment_id)
        require_set_aside(order, payment)
        close_if_gone(order, payment)
        _book_unallocated(made)
        return None
    found = OrderRefund.objects.filter(payment_refund=made).first()
    if found is not None:
        return found
    lines = lock_lines(order)
    parts = spread(made.amount_minor, parts_left(lines))
    return _book_outside(order, made, lines, parts)


def _book_outside(order: Order, made: Refund, lines: list[OrderLine], parts: dict[int, Parts]) -> OrderRefund:
    amount = sum(part.total for part in parts.values())
    by_id = {line.pk: line for line in lines}
    whole = order.refunded_minor + amount >= order.total_minor
    wishes = [RefundWish(line.pk, tuple(live_positions(line)) if whole else (), None) for line in lines]
    refund = OrderRefund.objects.create(
        order=order, number=order.refunds.count() + 1, asked_by=OrderRefund.By.PROVIDER, amount_minor=amount,
        currency=order.currency, status=Status.DONE, payment_refund=made, decided_at=clock.now(),
        settled_at=clock.now(),
    )  # fmt: skip
    for wish in wishes:
        part = parts.get(wish.line_id)
        if part is None and not wish.positions:
            continue
        part = part or Parts(0, 0, 0, 0)
        OrderRefundLine.objects.create(
            refund=refund, line_id=wish.line_id, positions=list(wish.positions), total_minor=part.total,
            share_minor=part.share, fee_minor=part.fee, tax_minor=part.tax,
            commission_tax_minor=part.commission_tax,
        )  # fmt: skip
        line = by_id[wish.line_id]
        line.refunded_minor += part.total
        line.refunded_quantity += len(wish.positions)
        line.save(update_fields=["refunded_minor", "refunded_quantity"])
    order.refunded_minor += amount
    order.save(update_fields=["refunded_minor"])
    debits = bookings.together(
        take_back_lines(bookings.payout_parts(parts)), bookings.borne_by_others(lines, parts)
    )  # fmt: skip
    excess = {AccountKey(Code.CHARGEBACK_LOSS): made.amount_minor - amount} if made.amount_minor > amount else {}
    post(
        key=refund_key(order, refund), kind="refund", currency=order.currency, reference=order.code,
        lines={**debits, **excess, AccountKey(Code.REFUNDS_IN_TRANSIT): -made.amount_minor},
    )  # fmt: skip
    book_refund_settled(made)
    if whole:
        end_units(wishes, by_id, reason="refunded by the payment provider", actor_id=None)
    else:
        raise_alert(
            code="refund_outside", key=refund_key(order, refund),
            subject=f"Part of order {order.code} was refunded at the provider",
            text=f"{made.amount} went back. Decide which tickets or licenses end, and cancel those units.",
        )  # fmt: skip
    outbox.publish("commerce.refund_done", refund_id=refund.pk)
    return refund


def _book_unallocated(made: Refund) -> None:
    """It was nobody's money: what pays no order."""
    post(
        key=returned_key(made), kind="refund", currency=made.payment.currency,
        reference=made.payment.reference,
        lines={
            AccountKey(Code.UNALLOCATED): made.amount_minor,
            AccountKey(Code.REFUNDS_IN_TRANSIT): -made.amount_minor,
        },
    )  # fmt: skip
    book_refund_settled(made)
