import uuid

from django.db import transaction
from django.db.models import Sum

from marketplace.core import clock
from marketplace.payments.models import PaymentEvent, Refund
from marketplace.payments.providers import provider
from marketplace.payments.providers.base import outside_transaction
from marketplace.payments.refundable import disputed_minor
from marketplace.payments.services.record_refund import lock, next_check, record_refund, succeed
from marketplace.payments.services.transfer_refund import transfer_refund

RECONCILER = str(PaymentEvent.Source.RECONCILER)
LEASE_SECONDS = 90
"""Longer than a provider may take to answer; then another worker may look."""


def send_refund(*, refund_id: uuid.UUID | str, source: str = RECONCILER) -> Refund:
    """Give back what was reserved, once: outside any transaction, under the attempt's own key.

    Nothing happens unless it is `created` and nobody has it in hand. While the payer's bank disputes the payment it
    waits: the bank may give the money back itself.
    """
    outside_transaction()
    refund, first = _claim(refund_id)
    if refund is None:
        return Refund.objects.get(pk=refund_id)
    if refund.method == Refund.Method.MANUAL:
        return _done_by_hand(refund.pk, source)
    if refund.method == Refund.Method.B2C:
        return transfer_refund(refund_id=refund.pk, source=source)
    maker = provider(refund.payment.provider)
    # A second start of the same attempt asks first: the program may have died between the call and its record.
    outcome = maker.refund(refund) if first else maker.query_refund(refund)
    return record_refund(refund_id=refund.pk, outcome=outcome, source=source, attempt=refund.attempt)


@transaction.atomic
def _claim(refund_id: uuid.UUID | str) -> tuple[Refund | None, bool]:
    """Take it in hand and write down that the provider is about to hear of it. True: for the first time."""
    refund = lock(refund_id)
    if refund.status != Refund.Status.CREATED or _in_hand(refund):
        return None, False
    refund.checks += 1
    refund.failure_code = "payment_disputed" if waits_for_bank(refund) else ""
    first = refund.attempted_at is None
    if refund.failure_code:
        refund.next_check_at = next_check(refund)
    else:
        refund.attempted_at = refund.attempted_at or clock.now()
        refund.next_check_at = clock.in_seconds(LEASE_SECONDS)
    refund.save(update_fields=["checks", "attempted_at", "next_check_at", "failure_code"])
    return (None, False) if refund.failure_code else (refund, first)


def _in_hand(refund: Refund) -> bool:
    """Someone has asked and is still waiting, or was killed less than a lease ago."""
    due = refund.next_check_at is None or refund.next_check_at <= clock.now()
    return refund.attempted_at is not None and not due


def waits_for_bank(refund: Refund) -> bool:
    """Does a dispute stand against giving it back: would the payer get more than was paid?"""
    payment = refund.payment
    others = payment.refunds.filter(status=Refund.Status.SUCCEEDED).aggregate(total=Sum("amount_minor"))["total"] or 0
    return bool(refund.amount_minor + others + disputed_minor(payment) > payment.amount_minor)


@transaction.atomic
def _done_by_hand(refund_id: uuid.UUID, source: str) -> Refund:
    """Someone gave it back before it was written down here."""
    refund = lock(refund_id)
    succeed(refund, source=source)
    refund.next_check_at = None
    refund.save(update_fields=["next_check_at"])
    return refund
