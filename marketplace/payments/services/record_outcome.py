"""Where every answer of every provider ends up. Any number of racers may bring the same news: one of them moves."""

import uuid
from dataclasses import asdict

from django.db import IntegrityError, transaction

from marketplace.core import clock
from marketplace.payments.models import PaybillReceipt, Payment, PaymentEvent
from marketplace.payments.providers.base import Outcome
from marketplace.payments.services import move
from marketplace.payments.services.book_fee import book_fee
from marketplace.payments.services.plan import next_check
from marketplace.payments.services.story import tell

Status = Payment.Status
OPERATOR = str(PaymentEvent.Source.OPERATOR)
UNSURE = frozenset({"no_answer", "never_acknowledged", "unconfirmed"})
"""Reviews for want of an answer: a later failure ends them too, not only a later success."""
SAME_MONEY = "paid_by_hand"
"""It is known already, as paybill money: not another payment."""
FOR_A_PERSON = frozenset({"amount_mismatch", "receipt_conflict"})
"""Reviews over money that does not fit: only an operator's question ends them."""


@transaction.atomic
def record_outcome(*, payment_id: uuid.UUID | str, outcome: Outcome, source: str) -> Payment:
    """Write down what the provider said and draw the conclusion, under the payment's lock.

    Success wins over every earlier failure; nothing a provider says undoes a success.
    """
    payment = Payment.locked(payment_id)
    tell(payment, source=source, kind="outcome", **_told(outcome))
    _adopt(payment, outcome)
    if outcome.state == "paid":
        _paid(payment, outcome, source)
    elif outcome.state in ("failed", "expired"):
        _over(payment, outcome, source)
    elif outcome.state == "pending":
        _pending(payment, outcome, source)
    payment.next_check_at = next_check(payment, now=clock.now(), again=outcome.again)
    payment.save(update_fields=["next_check_at", "external_ref", "next_url", "failure_code", "failure_text"])
    return payment


def _told(outcome: Outcome) -> dict[str, object]:
    return {key: value for key, value in asdict(outcome).items() if value not in ("", None, False, {})}


def _adopt(payment: Payment, outcome: Outcome) -> None:
    """Keep names and addresses learned late, e.g. when the answer to the start was lost."""
    if outcome.external_id and not payment.external_id:
        claim_unique(payment, "external_id", outcome.external_id)
    payment.external_ref = payment.external_ref or outcome.external_ref
    payment.next_url = payment.next_url or outcome.next_url


def _paid(payment: Payment, outcome: Outcome, source: str) -> None:
    problem = _contradiction(payment, outcome, source)
    if problem == SAME_MONEY:
        _end_as_same(payment, source)
    elif problem and payment.can_move_to(Status.REVIEW):
        move.review(payment, problem, source=source)
    elif problem:
        tell(payment, source=source, kind="contradiction", reason=problem)
    elif payment.status == Status.REVIEW and payment.failure_code in FOR_A_PERSON and source != OPERATOR:
        tell(payment, source=source, kind="left_for_a_person", reason=payment.failure_code)
    elif payment.status != Status.SUCCEEDED:
        move.succeed(payment, source=source)
    if payment.status == Status.SUCCEEDED and outcome.fee_minor is not None:
        book_fee(payment, outcome.fee_minor)


def _contradiction(payment: Payment, outcome: Outcome, source: str) -> str:
    if outcome.amount is not None and outcome.amount != payment.amount:
        return "amount_mismatch"
    if outcome.receipt and payment.receipt != outcome.receipt:
        if payment.receipt:
            return "second_receipt"
        if PaybillReceipt.objects.filter(receipt=outcome.receipt, status=PaybillReceipt.Status.UNALLOCATED).exists():
            return "receipt_conflict"  # booked as nobody's: whoever assigns it says that it is this
        if not claim_unique(payment, "receipt", outcome.receipt):
            return SAME_MONEY if _paid_by_hand(payment, receipt=outcome.receipt) else "receipt_conflict"
    unnamed = not outcome.receipt and not payment.receipt and payment.status != Status.SUCCEEDED
    return "unclear_receipt" if unnamed and source != OPERATOR and _paid_by_hand(payment) else ""


def _paid_by_hand(payment: Payment, **more: str) -> bool:
    """Was money of the same amount taken from the paybill for the same thing, as a payment of its own?"""
    rows = Payment.objects.filter(
        provider=payment.provider, reference=payment.reference, amount_minor=payment.amount_minor,
        paybill__isnull=False, external_id=None, **more,
    )  # fmt: skip
    return rows.exclude(pk=payment.pk).exists()


def _end_as_same(payment: Payment, source: str) -> None:
    """The paybill's word about this money came first, while M-Pesa still said that the prompt had failed."""
    tell(payment, source=source, kind="same_money")
    if payment.is_live or payment.status == Status.REVIEW:
        move.fail(payment, Outcome("failed", code=SAME_MONEY), source=source)


def _over(payment: Payment, outcome: Outcome, source: str) -> None:
    unsure = payment.status == Status.REVIEW and payment.failure_code in UNSURE
    if payment.is_live or unsure:
        conclude = move.fail if outcome.state == "failed" else move.expire
        conclude(payment, outcome, source=source)


def _pending(payment: Payment, outcome: Outcome, source: str) -> None:
    if payment.status == Status.CREATED:
        payment.move_to(Status.PENDING)
        tell(payment, source=source, kind="moved", before=str(Status.CREATED), after=str(Status.PENDING))
    if payment.is_live and outcome.code:
        payment.failure_code, payment.failure_text = outcome.code[:60], outcome.text[:300]


def claim_unique(payment: Payment, field: str, value: str) -> bool:
    """Write a value no two payments may share. False, and nothing written, when another payment has it."""
    try:
        with transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**{field: value})
    except IntegrityError:
        return False
    setattr(payment, field, value)
    return True
