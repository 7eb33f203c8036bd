"""Bring waiting paybill money forward: its prompt may have ended, M-Pesa may answer now."""

import logging

from marketplace.core import clock
from marketplace.payments.models import PaybillReceipt, PaymentEvent
from marketplace.payments.services.match_paybill import match_paybill

logger = logging.getLogger(__name__)
RECONCILER = str(PaymentEvent.Source.RECONCILER)


def reconcile_paybill(*, limit: int = 100) -> int:
    """Every receipt that is due, the longest waiting first; returns how many. One that breaks stops no other."""
    due = PaybillReceipt.objects.filter(next_check_at__lte=clock.now()).order_by("next_check_at")
    done = 0
    for receipt_id in list(due.values_list("pk", flat=True)[:limit]):
        try:
            match_paybill(receipt_id=receipt_id, source=RECONCILER)
            done += 1
        except Exception:
            logger.exception("reconciler: paybill receipt %s could not be looked after", receipt_id)
            PaybillReceipt.objects.filter(pk=receipt_id).update(next_check_at=clock.in_seconds(300))
    return done
