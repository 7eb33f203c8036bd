"""The conclusions a payment can come to. Each: one move under the row lock, one line of story, one fact."""

from marketplace.core import clock, outbox
from marketplace.payments.models import Payment
from marketplace.payments.providers.base import Outcome
from marketplace.payments.services.story import tell

Status = Payment.Status
SETTLED = ("settled_at", "failure_code", "failure_text")


def succeed(payment: Payment, *, source: str) -> None:
    """The money is there, however late."""
    payment.settled_at, payment.failure_code, payment.failure_text = clock.now(), "", ""
    _move(payment, Status.SUCCEEDED, source)
    outbox.publish("payments.succeeded", payment_id=str(payment.pk), reference=payment.reference)


def fail(payment: Payment, outcome: Outcome, *, source: str) -> None:
    """The provider said no."""
    _because(payment, outcome.code, outcome.text)
    payment.settled_at = clock.now()
    _move(payment, Status.FAILED, source)
    outbox.publish(
        "payments.failed", payment_id=str(payment.pk), reference=payment.reference, code=payment.failure_code
    )


def expire(payment: Payment, outcome: Outcome, *, source: str) -> None:
    """The provider confirmed that it can no longer be paid."""
    _because(payment, outcome.code or "expired", outcome.text)
    payment.settled_at = clock.now()
    _move(payment, Status.EXPIRED, source)
    outbox.publish("payments.expired", payment_id=str(payment.pk), reference=payment.reference)


def review(payment: Payment, reason: str, *, source: str) -> None:
    """Only a person can tell, or nobody yet."""
    _because(payment, reason, "")
    _move(payment, Status.REVIEW, source)
    outbox.publish("payments.review", payment_id=str(payment.pk), reference=payment.reference, reason=reason)


def _because(payment: Payment, code: str, text: str) -> None:
    payment.failure_code, payment.failure_text = code[:60], text[:300]


def _move(payment: Payment, target: str, source: str) -> None:
    before = payment.status
    payment.move_to(target, also=SETTLED)
    tell(payment, source=source, kind="moved", before=before, after=str(target), reason=payment.failure_code)
