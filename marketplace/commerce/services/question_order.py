from django.db import transaction

from marketplace.commerce import stock
from marketplace.commerce.models import Order, OrderReview
from marketplace.core import clock
from marketplace.payments.models import Payment

UNKNOWN = OrderReview.Reason.UNKNOWN


@transaction.atomic
def question_order(*, payment_id: str) -> None:
    """Nobody can say whether a payment went through: the order waits for a person, and keeps its stock."""
    payment = Payment.objects.get(pk=payment_id)
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(code=payment.reference).first()
    if order is None or payment.status != Payment.Status.REVIEW:
        return
    if order.status == Order.Status.PENDING:
        OrderReview.objects.get_or_create(order=order, payment=payment, reason=UNKNOWN)
        order.review_reason = UNKNOWN
        order.move_to(Order.Status.REVIEW, also=("review_reason",))
    elif not order.is_paid or payment.pk != order.paid_by_id:
        OrderReview.objects.get_or_create(order=order, payment=payment, reason=UNKNOWN)


@transaction.atomic
def answer_order(*, payment_id: str) -> None:
    """The provider said after all that a questioned payment did not go through: give the stock back."""
    payment = Payment.objects.get(pk=payment_id)
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(code=payment.reference).first()
    if order is None or payment.status not in {Payment.Status.FAILED, Payment.Status.EXPIRED}:
        return
    asked = OrderReview.objects.filter(order=order, payment=payment, reason=UNKNOWN)
    asked.filter(resolved_at=None).update(resolved_at=clock.now(), resolution="was not paid")
    others = OrderReview.objects.filter(order=order, resolved_at=None).exists()
    if asked.exists() and not others and order.status == Order.Status.REVIEW:
        stock.let_go_of_order(order.pk)
        order.move_to(Order.Status.CANCELLED)
