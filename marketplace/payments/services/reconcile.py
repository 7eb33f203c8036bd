"""Settle payments that nobody called back about. The only other eye on a payment whose callback was lost."""

import datetime as dt
import logging

from marketplace.core import clock
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.services.close_payment import close_payment
from marketplace.payments.services.settle_payment import settle_payment

logger = logging.getLogger(__name__)
RECONCILER = str(PaymentEvent.Source.RECONCILER)
LEASE = dt.timedelta(seconds=90)
"""Longer than asking a provider takes; after that another worker may look."""


def reconcile(*, limit: int = 100) -> int:
    """Look after every payment whose next check is due, the longest waiting first; returns how many."""
    due = Payment.objects.filter(next_check_at__lte=clock.now()).order_by("next_check_at")[:limit]
    return sum(_look_after(payment) for payment in list(due))


def _look_after(payment: Payment) -> int:
    mine = Payment.objects.filter(pk=payment.pk, next_check_at=payment.next_check_at)
    if not mine.update(next_check_at=clock.now() + LEASE):
        return 0
    late = payment.is_live and clock.now() >= payment.deadline
    step = close_payment if late else settle_payment
    try:
        step(payment_id=payment.pk, source=RECONCILER)
    except Exception:
        logger.exception("reconciler: payment %s could not be looked after", payment.pk)
    return 1
