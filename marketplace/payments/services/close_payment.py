import uuid

from django.db import transaction

from marketplace.core import clock
from marketplace.payments.models import Payment
from marketplace.payments.services import move
from marketplace.payments.services.ask import ask
from marketplace.payments.services.plan import CLOSE_WAITS, next_check
from marketplace.payments.services.record_outcome import record_outcome


def close_payment(*, payment_id: uuid.UUID | str, source: str) -> Payment:
    """Ask the provider to give a live payment up: at its deadline, or when the buyer switches to another way.

    It ends as expired or failed only when the provider confirms that it can no longer be paid; while the provider
    cannot say, it stays live. Past the deadline, and after several questions, what nobody can tell goes to review.
    """
    payment = Payment.objects.get(pk=payment_id)
    if not payment.is_live:
        return payment
    outcome = ask(payment, close=True)
    if outcome is None:
        return payment
    payment = record_outcome(payment_id=payment_id, outcome=outcome, source=source)
    if not payment.is_live or clock.now() < payment.deadline:
        return payment
    return _count(payment_id=payment_id, reason=outcome.code, hopeless=not outcome.again, source=source)


@transaction.atomic
def _count(*, payment_id: uuid.UUID | str, reason: str, hopeless: bool, source: str) -> Payment:
    """One more closing that brought nothing. `hopeless`: asking again cannot bring anything either."""
    payment = Payment.locked(payment_id)
    if not payment.is_live:
        return payment
    payment.closings += 1
    if hopeless or payment.closings > len(CLOSE_WAITS):
        move.review(payment, reason if hopeless and reason else "no_answer", source=source)
    payment.next_check_at = next_check(payment, now=clock.now(), again=True)
    payment.save(update_fields=["closings", "next_check_at"])
    return payment
