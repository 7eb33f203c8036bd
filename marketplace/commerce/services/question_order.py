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
    order = Order.objects.select_for_update(of=("self",)).filter(code=payment.reference).first()
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
    order = Order.objects.select_for_update(of=("self",)).filter(code=payment.reference).first()
    if order is None or payment.status not in {Payment.Status.FAILED, Payment.Status.EXPIRED}:
        return
    open_reviews = OrderReview.objects.filter(order=order, reason=UNKNOWN, resolved_at=None)
    answered = open_reviews.filter(payment=payment).update(resolved_at=clock.now(), resolution="was not paid")
    if answered and order.status == Order.Status.REVIEW and order.review_reason == UNKNOWN:
        stock.let_go_of_order(order.pk)
        order.move_to(Order.Status.CANCELLED)
