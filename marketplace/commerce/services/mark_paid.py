from django.db import transaction

from marketplace.commerce import letters
from marketplace.commerce.emails import queue_review
from marketplace.commerce.models import Order, OrderReview
from marketplace.commerce.services.settle_order import pay_late, pay_with, set_aside
from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.payments.models import Payment
from marketplace.payments.refundable import left_minor
from marketplace.payments.services import return_money

Reason = OrderReview.Reason


@transaction.atomic
def mark_paid(*, payment_id: str) -> Order | None:
    """A payment succeeded. Called once or many times, by any number of racers: one of them pays the order.

    Money that comes too late buys what is still there, or goes back by itself, as money that comes twice does. A wrong
    amount is put before a person. A fulfilled order is never touched by it. Returns None when the payment is for
    nothing of ours.
    """
    payment = Payment.objects.get(pk=payment_id, status=Payment.Status.SUCCEEDED)
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(code=payment.reference).first()
    if order is None or order.paid_by_id == payment.pk:
        return order
    if OrderReview.objects.filter(order=order, payment=payment).exclude(reason=Reason.UNKNOWN).exists():
        return order  # dealt with when it came: it may be on its way back by now
    _no_longer_unknown(order, payment)
    reason = _why_not(order, payment)
    if reason == Reason.LATE and _fits(payment, order) and pay_late(order, payment):
        return order
    if reason is not None:
        _put_away(order, payment, reason)
        return order
    pay_with(order, payment)
    return order


def _no_longer_unknown(order: Order, payment: Payment) -> None:
    """The provider could not say whether this one was paid; now it has. Another one may still be open."""
    OrderReview.objects.filter(order=order, payment=payment, reason=Reason.UNKNOWN, resolved_at=None).update(
        resolved_at=clock.now(), resolution="paid after all"
    )


def _put_away(order: Order, payment: Payment, reason: OrderReview.Reason) -> None:
    """Book it as nobody's; then give it back at once, or ask a person what to do with it."""
    by_itself = reason in (Reason.LATE, Reason.SECOND) and order.status != Order.Status.REVIEW
    if not set_aside(order, payment, reason, ask=not by_itself):
        return
    if by_itself and give_back(order, payment, reason):
        letters.returned(order, payment, second=reason == Reason.SECOND)
        return
    queue_review(order, payment, reason)


def give_back(order: Order, payment: Payment, reason: str) -> bool:
    """Return money that pays for nothing. False when no way back is known, or nothing is left: a person looks."""
    try:
        with transaction.atomic():
            return_money(
                payment_id=payment.pk, amount_minor=left_minor(payment),
                key=f"order:{order.code}:return:{payment.pk}", reason=str(reason),
            )  # fmt: skip
    except Refusal:
        return False
    OrderReview.objects.filter(order=order, payment=payment, resolved_at=None).update(
        resolved_at=clock.now(), resolution="given back"
    )
    return True


def _why_not(order: Order, payment: Payment) -> OrderReview.Reason | None:
    """Why this money cannot simply pay this order."""
    if order.is_paid:
        return Reason.SECOND
    waiting = order.status == Order.Status.PENDING
    unsure = order.status == Order.Status.REVIEW and order.review_reason == Reason.UNKNOWN
    if not (waiting or unsure):
        return Reason.LATE
    return None if _fits(payment, order) else Reason.AMOUNT


def _fits(payment: Payment, order: Order) -> bool:
    """The right amount; and none of it was given back, in the provider's dashboard, before it came to us."""
    return payment.amount == order.total and not payment.refunded_minor
