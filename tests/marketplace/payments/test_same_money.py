"""Money of the paybill and of a prompt M-Pesa had given up: told apart by the receipt, never counted twice."""

import pytest

from marketplace.core import clock
from marketplace.payments.models import PaybillReceipt, Payment
from marketplace.payments.services.record_outcome import record_outcome
from tests.factories.payments import Facts, make_payment, paid

pytestmark = pytest.mark.django_db
RECEIPT = "SG632NMUAB"


def by_hand(prompt: Payment, receipt: str = RECEIPT) -> Payment:
    """The same amount for the same order, paid to the paybill."""
    payment = make_payment(
        status="succeeded", reference=prompt.reference, attempt=prompt.attempt + 1, receipt=receipt, external_id=None,
        next_check_at=None,
    )  # fmt: skip
    PaybillReceipt.objects.create(
        receipt=receipt, amount_minor=payment.amount_minor, shortcode="174379", paid_at=clock.now(), payment=payment,
        status="matched",
    )  # fmt: skip
    return payment


@pytest.mark.parametrize("status", ["pending", "failed", "expired", "review"])
def test_a_callback_with_the_paybills_receipt_brings_no_other_money(status: str, facts: Facts) -> None:
    prompt = make_payment(status=status)
    by_hand(prompt)
    prompt = record_outcome(payment_id=prompt.pk, outcome=paid(prompt, RECEIPT), source="callback")
    assert prompt.status in ("failed", "expired")
    assert "payments.succeeded" not in facts.about(prompt)
    assert "payments.review" not in facts.about(prompt)
    assert prompt.events.filter(kind="same_money").exists()


def test_a_callback_with_a_receipt_of_its_own_is_other_money(facts: Facts) -> None:
    prompt = make_payment(status="failed")
    by_hand(prompt)
    prompt = record_outcome(payment_id=prompt.pk, outcome=paid(prompt, "SG632NMUZZ"), source="callback")
    assert prompt.status == "succeeded"
    assert facts.about(prompt) == ["payments.succeeded"]


def test_an_answer_without_a_receipt_cannot_tell_and_is_for_a_person(facts: Facts) -> None:
    prompt = make_payment(status="failed")
    by_hand(prompt)
    prompt = record_outcome(payment_id=prompt.pk, outcome=paid(prompt), source="query")
    assert (prompt.status, prompt.failure_code) == ("review", "unclear_receipt")
    assert facts.about(prompt) == ["payments.review"]


def test_the_callback_that_names_the_receipt_ends_the_doubt(facts: Facts) -> None:
    prompt = make_payment(status="failed")
    by_hand(prompt)
    record_outcome(payment_id=prompt.pk, outcome=paid(prompt), source="query")
    prompt = record_outcome(payment_id=prompt.pk, outcome=paid(prompt, RECEIPT), source="callback")
    assert (prompt.status, prompt.failure_code) == ("failed", "paid_by_hand")
    assert facts.about(prompt) == ["payments.review", "payments.failed"]


def test_the_receipt_of_another_orders_money_is_a_conflict_as_before() -> None:
    prompt, other = make_payment(), make_payment()
    by_hand(other)
    prompt = record_outcome(payment_id=prompt.pk, outcome=paid(prompt, RECEIPT), source="callback")
    assert (prompt.status, prompt.failure_code) == ("review", "receipt_conflict")
