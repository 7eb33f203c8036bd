from django.db import transaction

from marketplace.commerce.emails import queue_review
from marketplace.commerce.models import Order, OrderReview
from marketplace.commerce.services.settle_order import pay_with, set_aside
from marketplace.core import clock
from marketplace.payments.models import Payment

Reason = OrderReview.Reason


@transaction.atomic
def mark_paid(*, payment_id: str) -> Order | None:
    """A payment succeeded. Called once or many times, by any number of racers: one of them pays the order.

    Money that comes too late, twice or in a wrong amount is booked as unallocated and put before a person; a fulfilled
    order is never touched by it. Returns None when the payment is for nothing of ours.
    """
    payment = Payment.objects.get(pk=payment_id, status=Payment.Status.SUCCEEDED)
    order = Order.objects.select_for_update(of=("self",)).filter(code=payment.reference).first()
    if order is None or order.paid_by_id == payment.pk:
        return order
    reason = _why_not(order, payment)
    if reason is not None:
        if set_aside(order, payment, reason):
            queue_review(order, payment, reason)
        return order
    pay_with(order, payment)
    OrderReview.objects.filter(order=order, reason=Reason.UNKNOWN, resolved_at=None).update(
        resolved_at=clock.now(), resolution="paid after all"
    )
    return order


def _why_not(order: Order, payment: Payment) -> OrderReview.Reason | None:
    """Why this money cannot simply pay this order."""
    if order.is_paid:
        return Reason.SECOND
    waiting = order.status == Order.Status.PENDING
    unsure = order.status == Order.Status.REVIEW and order.review_reason == Reason.UNKNOWN
    if not (waiting or unsure):
        return Reason.LATE
    return None if payment.amount == order.total else Reason.AMOUNT
