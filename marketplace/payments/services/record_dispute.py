"""A dispute as the provider has it, written down under the payment's lock. Any number may bring the same news."""

from django.db import transaction

from marketplace.core import clock, outbox
from marketplace.payments.models import Dispute, Payment
from marketplace.payments.providers.stripe.disputes import Found
from marketplace.payments.services.story import tell

Status = Dispute.Status
SAVED = ("funds_taken", "amount_minor", "fee_minor", "reason", "evidence_due_at", "closed_at", "read_at")


class _JustOpened(Exception):
    """Somebody else made the row while we waited for the payment."""


def record_dispute(*, found: Found, source: str) -> Dispute | None:
    """Make or move the row and tell what is new. None for a dispute about no payment of ours.

    Books nothing: whose money it is, the room that sold knows. The facts come in the order opened, funds, closed.
    """
    try:
        return _record(found, source)
    except _JustOpened:
        return _record(found, source)


@transaction.atomic
def _record(found: Found, source: str) -> Dispute | None:
    payment = _payment(found)
    if payment is None:
        return None
    dispute = _locked(found)  # before the payment, as those do who act on a dispute
    payment = Payment.locked(payment.pk)
    if dispute is None:
        if Dispute.objects.filter(external_id=found.external_id).exists():
            raise _JustOpened  # to lock it now would be the wrong order: let go of the payment, and begin again
        dispute = _open(payment, found, source)
    dispute.payment = payment
    if dispute.read_at is not None and found.read_at < dispute.read_at:
        return dispute  # two asked at once, and this is the older answer
    dispute.read_at = found.read_at
    before = dispute.funds_taken, dispute.fee_minor
    _copy(dispute, found)
    funds = (dispute.funds_taken, dispute.fee_minor) != before
    ended = _move(dispute, found, source)
    dispute.save(update_fields=SAVED)
    if funds:
        outbox.publish("payments.dispute_funds", dispute_id=str(dispute.pk), taken=dispute.funds_taken)
    if ended:
        outbox.publish(
            "payments.dispute_closed", dispute_id=str(dispute.pk), reference=payment.reference, status=dispute.status
        )
    return dispute


def _locked(found: Found) -> Dispute | None:
    return Dispute.objects.select_for_update(no_key=True, of=("self",)).filter(external_id=found.external_id).first()


def _payment(found: Found) -> Payment | None:
    rows = Payment.objects.filter(provider="stripe")
    by_intent = rows.filter(external_ref=found.payment_intent).first() if found.payment_intent else None
    return by_intent or (rows.filter(receipt=found.charge).first() if found.charge else None)


def _open(payment: Payment, found: Found, source: str) -> Dispute:
    """Every dispute begins as the least of what it is; it is moved to what the provider says at once."""
    dispute = Dispute.objects.create(
        payment=payment, provider=payment.provider, external_id=found.external_id, opened_at=found.opened_at,
        status=Status.INQUIRY if found.status in ("", Status.INQUIRY) else Status.NEEDS_RESPONSE,
        amount_minor=found.amount.minor if found.amount else payment.amount_minor,
    )  # fmt: skip
    tell(payment, source=source, kind="dispute_opened", dispute=dispute.pk, answer=found.answer)
    outbox.publish("payments.dispute_opened", dispute_id=str(dispute.pk), reference=payment.reference)
    return dispute


def _copy(dispute: Dispute, found: Found) -> None:
    if found.amount is not None and found.amount.currency == dispute.payment.currency:
        dispute.amount_minor = found.amount.minor
    if found.fee is not None and found.fee.currency == dispute.payment.currency:
        dispute.fee_minor = found.fee.minor
    dispute.funds_taken = found.taken
    dispute.reason, dispute.evidence_due_at = found.reason, found.due_at


def _move(dispute: Dispute, found: Found, source: str) -> bool:
    """To where the provider has it. True when that ended it."""
    before = dispute.status
    if not found.status or found.status == before:
        return False
    if not dispute.can_move_to(found.status):
        tell(dispute.payment, source=source, kind="dispute_odd", dispute=dispute.pk, before=before, says=found.status)
        return False
    over = found.status not in Dispute.OPEN
    dispute.closed_at = clock.now() if over else None
    dispute.move_to(found.status)
    tell(dispute.payment, source=source, kind="dispute_moved", dispute=dispute.pk, before=before, after=found.status)
    return over
