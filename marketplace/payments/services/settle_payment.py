import uuid

from marketplace.payments.models import Payment
from marketplace.payments.services.ask import ask
from marketplace.payments.services.record_outcome import record_outcome


def settle_payment(*, payment_id: uuid.UUID | str, source: str) -> Payment:
    """Ask the provider what became of a payment and record it. Idempotent; any number of racers may call it at once.

    `source` is one of `PaymentEvent.Source`. A payment already settled is returned as it is, unless the provider may
    still have something to add. Never raises for a provider in trouble: then there is no news.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.status == Payment.Status.SUCCEEDED and payment.next_check_at is None:
        return payment
    outcome = ask(payment)
    if outcome is None:
        return payment
    return record_outcome(payment_id=payment.pk, outcome=outcome, source=source)
