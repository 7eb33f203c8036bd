import pytest
from django.db import IntegrityError, transaction

from marketplace.core.errors import BadInput
from marketplace.core.idempotency import KeyReused
from marketplace.payments.errors import EvidenceMissing, NotRefundable, OverRefund, PayerUnknown, PaymentDisputed
from marketplace.payments.models import Dispute, Payment, PaymentEvent, Refund
from marketplace.payments.selectors import refusal_of
from marketplace.payments.services import reserve_refund
from tests.factories.payments import make_dispute, make_payment

pytestmark = pytest.mark.django_db


def paid_payment(provider: str = "stripe", **fields: object) -> Payment:
    return make_payment(provider=provider, status="succeeded", **fields)


def reserve(payment: Payment, amount: int, key: str = "order:A:refund:1", **more: str) -> Refund:
    return reserve_refund(payment_id=payment.pk, amount_minor=amount, key=key, reason="asked", **more)


def test_the_share_is_set_aside_and_the_intent_written_before_anyone_is_asked() -> None:
    payment = paid_payment()
    refund = reserve(payment, 40_000)
    payment.refresh_from_db()
    assert payment.refunded_minor == 40_000
    assert (refund.status, refund.method, refund.origin) == ("created", "provider", "ours")
    assert refund.next_check_at is not None
    assert PaymentEvent.objects.get(payment=payment).kind == "refund_intent"


def test_the_same_key_is_the_same_refund() -> None:
    payment = paid_payment()
    assert reserve(payment, 40_000).pk == reserve(payment, 40_000).pk
    payment.refresh_from_db()
    assert payment.refunded_minor == 40_000


def test_a_key_of_another_amount_or_payment_is_refused() -> None:
    payment = paid_payment()
    reserve(payment, 40_000)
    with pytest.raises(KeyReused):
        reserve(payment, 50_000)
    with pytest.raises(KeyReused):
        reserve(paid_payment(), 40_000)


def test_no_more_than_the_rest_can_be_given_back() -> None:
    payment = paid_payment()
    reserve(payment, 100_000)
    with pytest.raises(OverRefund) as refusal:
        reserve(payment, 60_000, key="order:A:refund:2")
    assert refusal.value.details == {"left_minor": 50_000}
    reserve(payment, 50_000, key="order:A:refund:3")


def test_the_database_itself_refuses_an_over_refund() -> None:
    payment = paid_payment()
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=payment.amount_minor + 1)


@pytest.mark.parametrize("status", ["pending", "failed", "expired", "review"])
def test_only_money_that_came_can_be_given_back(status: str) -> None:
    with pytest.raises(NotRefundable):
        reserve(make_payment(provider="stripe", status=status), 100)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_refund(amount: int) -> None:
    with pytest.raises(BadInput):
        reserve(paid_payment(), amount)


def test_a_whole_mpesa_payment_is_reversed_and_a_part_goes_to_the_phone() -> None:
    whole = paid_payment("mpesa", receipt="SG632NMUAB")
    part = paid_payment("mpesa", receipt="SG632NMUAC")
    assert reserve(whole, 150_000).method == Refund.Method.PROVIDER
    assert reserve(part, 50_000, key="order:B:refund:1").method == Refund.Method.B2C


def test_a_whole_mpesa_payment_without_a_receipt_goes_to_the_phone() -> None:
    assert reserve(paid_payment("mpesa"), 150_000).method == Refund.Method.B2C


def test_mpesa_reverses_no_part() -> None:
    with pytest.raises(NotRefundable) as refusal:
        reserve(paid_payment("mpesa", receipt="SG632NMUAD"), 50_000, method="provider")
    assert refusal.value.details == {"reason": "reversal_is_whole"}


@pytest.mark.parametrize("amount", [900, 5_050])
def test_a_phone_takes_whole_shillings_from_ten_on(amount: int) -> None:
    with pytest.raises(NotRefundable):
        reserve(paid_payment("mpesa"), amount)


def test_a_part_of_a_payment_whose_payer_was_erased_is_refused_with_its_reason() -> None:
    payment = paid_payment("mpesa")
    payment.client.delete()
    with pytest.raises(PayerUnknown):
        reserve(Payment.objects.get(pk=payment.pk), 50_000)


def test_a_refund_by_hand_says_how() -> None:
    payment = paid_payment("mpesa")
    with pytest.raises(EvidenceMissing):
        reserve(payment, 50_000, method="manual", evidence="  ")
    assert reserve(payment, 50_000, method="manual", evidence="bank transfer FT2341").evidence == "bank transfer FT2341"


@pytest.mark.parametrize("status", ["needs_response", "under_review", "lost"])
def test_what_the_bank_takes_back_is_not_given_back_as_well(status: str) -> None:
    payment = paid_payment()
    make_dispute(payment, status=status)
    with pytest.raises(PaymentDisputed):
        reserve(payment, 100)
    payment.refresh_from_db()
    assert payment.refunded_minor == 0


@pytest.mark.parametrize("status", ["inquiry", "won", "closed"])
def test_an_inquiry_and_a_dispute_that_is_over_leave_the_money_refundable(status: str) -> None:
    payment = paid_payment()
    make_dispute(payment, status=status)
    assert reserve(payment, 150_000).status == "created"


def test_the_part_a_dispute_leaves_alone_can_be_given_back() -> None:
    payment = paid_payment()
    Dispute.objects.filter(pk=make_dispute(payment).pk).update(amount_minor=100_000)
    assert reserve(payment, 50_000).amount_minor == 50_000


def test_what_would_be_refused_is_said_beforehand() -> None:
    payment = paid_payment("mpesa", receipt="SG632NMUAE")
    assert refusal_of(payment, 150_000) is None
    assert isinstance(refusal_of(payment, 150_100), OverRefund)
    assert isinstance(refusal_of(payment, 5_050), NotRefundable)
    make_dispute(payment)
    assert isinstance(refusal_of(payment, 50_000), PaymentDisputed)
