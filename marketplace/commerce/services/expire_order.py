import datetime as dt

from django.db import transaction

from marketplace.commerce import conf, stock
from marketplace.commerce.models import Order
from marketplace.core import clock
from marketplace.payments.models import Payment
from marketplace.payments.selectors import live_payment, payments_of
from marketplace.payments.services import close_payment

LOOK_AGAIN = dt.timedelta(seconds=60)


def expire_order(*, order_id: int) -> Order:
    """Past its deadline: ask the provider to give the payment up, and release the stock only when that is certain.

    Never inside a transaction. Idempotent; an order that is settled, or whose payment may still succeed, is left.
    """
    order = Order.objects.get(pk=order_id)
    if order.status != Order.Status.PENDING or order.expires_at > clock.now():
        return order
    live = live_payment(order.code)
    if live is not None:
        close_payment(payment_id=live.pk, source="reconciler")
    return _conclude(order_id)


@transaction.atomic
def _conclude(order_id: int) -> Order:
    order = Order.locked(order_id)
    if order.status != Order.Status.PENDING or order.expires_at > clock.now():
        return order
    payments = list(payments_of(order.code))
    if any(p.is_live for p in payments):
        grace = dt.timedelta(seconds=conf.order_grace_seconds())
        deadline = max(p.deadline for p in payments if p.is_live)
        order.expires_at = max(deadline + grace, clock.now() + LOOK_AGAIN)
        order.save(update_fields=["expires_at"])
    elif any(p.status in {Payment.Status.SUCCEEDED, Payment.Status.REVIEW} for p in payments):
        # The news of it is on its way: `mark_paid` or `question_order` will conclude.
        order.expires_at = clock.now() + LOOK_AGAIN
        order.save(update_fields=["expires_at"])
    else:
        stock.let_go_of_order(order.pk)
        order.move_to(Order.Status.EXPIRED)
    return order
