import uuid

from django.db import transaction

from marketplace.payments.errors import EvidenceMissing
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.providers.base import Outcome
from marketplace.payments.services import move

OPERATOR = str(PaymentEvent.Source.OPERATOR)


@transaction.atomic
def give_up_payment(*, payment_id: uuid.UUID | str, why: str) -> Payment:
    """A person has seen at the provider that nothing was paid: end a payment nobody could tell about.

    `why` says where that was seen. A success that comes later still wins. Raises `EvidenceMissing`.
    """
    if not why.strip():
        raise EvidenceMissing
    payment = Payment.locked(payment_id)
    if payment.status == Payment.Status.REVIEW:
        move.fail(payment, Outcome("failed", code="given_up", text=why.strip()[:300]), source=OPERATOR)
        payment.next_check_at = None
        payment.save(update_fields=["next_check_at"])
    return payment
