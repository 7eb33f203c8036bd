"""Look after refunds nobody called back about: sent ones are asked about, unsent ones are sent."""

import logging

from marketplace.core import clock
from marketplace.payments.models import PaymentEvent, Refund
from marketplace.payments.services.settle_refund import settle_refund

logger = logging.getLogger(__name__)
RECONCILER = str(PaymentEvent.Source.RECONCILER)


def reconcile_refunds(*, limit: int = 100) -> int:
    """Every refund that is due, the longest waiting first; returns how many. One that breaks stops no other."""
    due = Refund.objects.filter(next_check_at__lte=clock.now()).order_by("next_check_at")
    done = 0
    for refund_id in list(due.values_list("pk", flat=True)[:limit]):
        try:
            settle_refund(refund_id=refund_id, source=RECONCILER)
            done += 1
        except Exception:
            logger.exception("reconciler: refund %s could not be looked after", refund_id)
            Refund.objects.filter(pk=refund_id).update(next_check_at=clock.in_seconds(300))
    return done
