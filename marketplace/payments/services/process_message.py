"""Think about a stored message: whose is it, does it fit, is it true? Safe to repeat, by any number of workers."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Q

from marketplace.core import clock
from marketplace.payments import inbox
from marketplace.payments.models import InboxMessage, Payment, PaymentEvent
from marketplace.payments.providers import provider as find_provider
from marketplace.payments.providers.base import Notice, Outcome
from marketplace.payments.services import move
from marketplace.payments.services.ask import ask, with_claim
from marketplace.payments.services.record_outcome import claim_unique, record_outcome
from marketplace.payments.services.story import tell

Status = InboxMessage.Status
CALLBACK = str(PaymentEvent.Source.CALLBACK)
LEASE = dt.timedelta(seconds=90)
"""Longer than asking a provider takes; a killed worker's message waits at most this long."""
WAITS = (5, 5, 10, 20, 40, 60, 120, 300, 900, *[3600] * 24)
"""Seconds between attempts: a provider that cannot confirm now, or a payment whose id we have not stored yet."""
UNMATCHED_ATTEMPTS = 9
"""About half an hour; a message of no payment of ours is not worth more."""


def process_message(*, message_id: int) -> InboxMessage:
    """Draw the conclusion from one message. Nothing happens while another worker has it, or before it is due."""
    message = _claim(message_id)
    if message is None:
        return InboxMessage.objects.get(pk=message_id)
    thinker = inbox.thinker(message)
    if thinker is not None:
        return _obey(message, thinker(message))
    notice = find_provider(message.provider).read(body=message.body.encode(), payment=message.payment)
    if not notice.relevant:
        return _close(message, Status.IGNORED, "nothing to do")
    payment = message.payment or _find(message.provider, notice)
    if payment is None:
        return _unmatched(message)
    message.payment = payment
    forged = find_provider(message.provider).verdict(notice, payment).forged or _adopt_names(payment, notice)
    tell(payment, source=CALLBACK, kind="forged" if forged else "message", about=notice.kind, message=message.pk,
         contradicts=forged, answer=notice.claim.answer if notice.claim else {})  # fmt: skip
    if forged:
        return _close(message, Status.QUARANTINED, f"does not fit the payment: {forged}")
    return _conclude(message, notice, Payment.objects.get(pk=payment.pk))


def _claim(message_id: int) -> InboxMessage | None:
    with transaction.atomic():
        message = (
            InboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=message_id, status=Status.WAITING, due_at__lte=clock.now())
            .first()
        )
        if message is not None:
            message.attempts += 1
            message.due_at = clock.now() + LEASE
            message.save(update_fields=["attempts", "due_at"])
        return message


def _obey(message: InboxMessage, conclusion: inbox.Conclusion) -> InboxMessage:
    """Write down what those who know about such messages concluded."""
    if conclusion.status == Status.WAITING:
        return _later(message, conclusion.note)
    return _close(message, conclusion.status, conclusion.note)


def _find(provider: str, notice: Notice) -> Payment | None:
    wanted = Q()
    if _is_uuid(notice.payment_id):
        wanted |= Q(pk=notice.payment_id)
    if notice.external_id:
        wanted |= Q(external_id=notice.external_id)
    if notice.external_ref:
        wanted |= Q(external_ref=notice.external_ref)
    return Payment.objects.filter(wanted, provider=provider).first() if wanted else None


def _is_uuid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def _unmatched(message: InboxMessage) -> InboxMessage:
    """It may be faster than our own note of the payment's id: replayed for a while."""
    if message.attempts >= UNMATCHED_ATTEMPTS:
        return _close(message, Status.IGNORED, "no payment of ours")
    return _later(message, "no payment found yet")


@transaction.atomic
def _adopt_names(payment: Payment, notice: Notice) -> str:
    """Learn the provider's names from a message when the answer to the start was lost. Returns a contradiction."""
    locked = Payment.locked(payment.pk)
    if notice.external_id and not locked.external_id and not claim_unique(locked, "external_id", notice.external_id):
        return "id_of_another_payment"
    if notice.external_ref and not locked.external_ref:
        locked.external_ref = notice.external_ref
        locked.save(update_fields=["external_ref"])
    return ""


def _conclude(message: InboxMessage, notice: Notice, payment: Payment) -> InboxMessage:
    claim = notice.claim
    verdict = find_provider(message.provider).verdict(notice, payment)
    if payment.status == Payment.Status.SUCCEEDED:
        if claim is not None:
            # Its success is not in question; the receipt may still be news.
            record_outcome(payment_id=payment.pk, outcome=claim, source=CALLBACK)
            return _close(message, Status.DONE, "already paid")
        if payment.next_check_at is None:
            return _close(message, Status.DONE, "already paid")
    if claim is not None and not verdict.ask:
        record_outcome(payment_id=payment.pk, outcome=claim, source=CALLBACK)
        return _close(message, Status.DONE)
    return _confirm(message, claim, payment)


def _confirm(message: InboxMessage, claim: Outcome | None, payment: Payment) -> InboxMessage:
    """Believe only the provider's own answer to our question."""
    outcome = ask(payment)
    if outcome is None:
        return _later(message, "asked a moment ago")
    if claim is not None and claim.state == "paid" and outcome.state in ("failed", "expired"):
        # Perhaps a forgery, perhaps the query is wrong (the sandbox's has been): a person decides.
        _send_to_review(payment, "contradiction", outcome)
        return _close(message, Status.QUARANTINED, f"says paid, but asked the provider says {outcome.state}")
    record_outcome(payment_id=payment.pk, outcome=with_claim(outcome, claim), source=CALLBACK)
    if claim is None or claim.state != "paid":
        return _later(message, "no answer") if outcome.state == "unknown" else _close(message, Status.DONE)
    if outcome.state == "paid":
        return _close(message, Status.DONE)
    return _later(message, f"says paid, asked the provider says {outcome.state}")


@transaction.atomic
def _send_to_review(payment: Payment, reason: str, outcome: Outcome | None = None) -> None:
    locked = Payment.locked(payment.pk)
    tell(locked, source=CALLBACK, kind=reason, answer=outcome.answer if outcome else {})
    if locked.can_move_to(Payment.Status.REVIEW):
        move.review(locked, reason, source=CALLBACK)
        locked.next_check_at = None
        locked.save(update_fields=["next_check_at"])


def _later(message: InboxMessage, note: str) -> InboxMessage:
    if message.attempts > len(WAITS):
        if message.payment is not None:
            _send_to_review(message.payment, "unconfirmed")
        return _close(message, Status.QUARANTINED, f"given up: {note}")
    message.due_at = clock.in_seconds(WAITS[message.attempts - 1])
    message.note = note
    message.save(update_fields=["due_at", "note", "payment", "about"])
    return message


def _close(message: InboxMessage, status: str, note: str = "") -> InboxMessage:
    message.status, message.note, message.processed_at = status, note[:300], clock.now()
    message.save(update_fields=["status", "note", "processed_at", "payment", "about"])
    return message
