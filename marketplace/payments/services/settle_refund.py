import uuid

from django.db import transaction

from marketplace.core import clock
from marketplace.payments.models import Refund
from marketplace.payments.providers import provider
from marketplace.payments.providers.base import outside_transaction
from marketplace.payments.services.record_refund import lock, record_refund
from marketplace.payments.services.send_refund import LEASE_SECONDS, send_refund
from marketplace.payments.services.transfer_refund import follow_transfer

Status = Refund.Status


def settle_refund(*, refund_id: uuid.UUID | str, source: str) -> Refund:
    """Ask what became of a refund and record it. Idempotent; any number of racers may call it at once.

    One that is about to be sent is sent. `source` is one of `PaymentEvent.Source`.
    """
    outside_transaction()
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status == Status.CREATED:
        return send_refund(refund_id=refund_id, source=source)
    if refund.disbursement_id is not None:
        return follow_transfer(disbursement_id=refund.disbursement_id, source=source) or refund
    if refund.method != Refund.Method.PROVIDER or not _claim(refund.pk):
        return refund
    outcome = provider(refund.payment.provider).query_refund(refund)
    return record_refund(refund_id=refund.pk, outcome=outcome, source=source, attempt=refund.attempt)


@transaction.atomic
def _claim(refund_id: uuid.UUID) -> bool:
    """One question at a time; a killed worker's runs out."""
    refund = lock(refund_id)
    if refund.status in (Status.SENT, Status.UNKNOWN):
        refund.checks += 1
        refund.next_check_at = clock.in_seconds(LEASE_SECONDS)
        refund.save(update_fields=["checks", "next_check_at"])
    return refund.external_id is not None or refund.status == Status.UNKNOWN
