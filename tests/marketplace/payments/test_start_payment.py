"""What is refused before anything is written or anyone is called. (With a provider: tests/contracts.)"""

import datetime as dt
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.core.money import Money
from marketplace.payments.errors import AlreadyPaid, CoolDown, PaymentInProgress, PaymentInReview
from marketplace.payments.models import Payment
from marketplace.payments.selectors import available_methods, explain, latest_payment, live_payment, payments_of
from marketplace.payments.services import ClientDetails, start_payment
from tests.factories.payments import make_payment

PHONE = "0712 345 678"


def start(**changed: Any) -> Payment:
    usual = {
        "reference": "AB", "amount": Money(150_000, "KES"), "provider": "mpesa", "description": "Two tickets",
        "client": ClientDetails(phone=PHONE), "return_url": "http://127.0.0.1:1/", "cancel_url": "http://127.0.0.1:1/",
    }  # fmt: skip
    return start_payment(**{**usual, **changed})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"provider": "bitcoin"}, "provider_unknown"),
        ({"provider": ""}, "provider_unknown"),
        ({"amount": Money(150_050, "KES")}, "amount_not_payable"),
        ({"amount": Money(0, "KES")}, "amount_not_payable"),
        ({"amount": Money(-100, "KES")}, "amount_not_payable"),
        ({"amount": Money(25_000_100, "KES")}, "amount_not_payable"),
        ({"amount": Money(150_000, "USD")}, "amount_not_payable"),
        ({"provider": "stripe", "amount": Money(100, "KES")}, "amount_not_payable"),
        ({"provider": "stripe", "amount": Money(10**8, "KES")}, "amount_not_payable"),
        ({"provider": "stripe", "amount": Money(1_001, "KWD")}, "amount_not_payable"),
        ({"provider": "stripe", "amount": Money(5_000, "BRL")}, "amount_not_payable"),
        ({"client": ClientDetails()}, "phone_invalid"),
        ({"client": ClientDetails(phone="+44 7911 123456")}, "phone_invalid"),
    ],
)
def test_what_cannot_be_collected_is_refused_and_leaves_nothing(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        start(**changed)
    assert refusal.value.code == code
    assert not Payment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "refused"),
    [
        ("created", PaymentInProgress), ("pending", PaymentInProgress), ("review", PaymentInReview),
        ("succeeded", AlreadyPaid),
    ],
)  # fmt: skip
def test_no_second_payment_beside_one_that_may_take_money(status: str, refused: type[Refusal]) -> None:
    first = make_payment(provider="stripe", reference="AB", status=status)
    with pytest.raises(refused) as refusal:
        start()
    if refused is PaymentInProgress:
        assert refusal.value.details["provider"] == "stripe"
        assert 0 < refusal.value.details["retry_after_seconds"] <= 181
    assert list(payments_of("AB")) == [first]


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["pending", "failed", "expired", "succeeded", "review"])
def test_the_same_amount_from_the_same_phone_has_to_wait_however_it_ended(status: str) -> None:
    payment = make_payment(reference="OTHER", status=status)
    Payment.objects.filter(pk=payment.pk).update(created_at=clock.now() - dt.timedelta(seconds=50))
    with pytest.raises(CoolDown) as refusal:
        start()
    assert 65 <= refusal.value.details["retry_after_seconds"] <= 71
    assert refusal.value.status == 429


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize(
    "other",
    [
        {"phone": "+254712345679"}, {"amount": 150_100}, {"provider": "stripe"},
        {"status": "failed", "external_id": None},
    ],
)  # fmt: skip
def test_what_the_rule_does_not_mean_has_not_to_wait(other: dict[str, Any], settings: LazySettings) -> None:
    settings.MPESA = {**settings.MPESA, "base_url": "http://127.0.0.1:1"}
    make_payment(**{"reference": "OTHER", "status": "failed", **other})
    with pytest.raises(Refusal) as refusal:
        start()
    assert refusal.value.code == "provider_unavailable", "it got as far as the provider, who is not there"


@pytest.mark.django_db
def test_two_minutes_later_it_may_be_sent_again(settings: LazySettings) -> None:
    settings.MPESA = {**settings.MPESA, "base_url": "http://127.0.0.1:1"}
    payment = make_payment(reference="OTHER", status="failed")
    Payment.objects.filter(pk=payment.pk).update(created_at=clock.now() - dt.timedelta(seconds=121))
    with pytest.raises(Refusal) as refusal:
        start()
    assert refusal.value.code == "provider_unavailable"


def test_a_provider_is_never_called_inside_a_transaction(committed_db: str) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="never called inside"):
        start()
    assert not Payment.objects.exists()


@pytest.mark.django_db
def test_personal_data_stands_aside(settings: LazySettings) -> None:
    settings.MPESA = {**settings.MPESA, "base_url": "http://127.0.0.1:1"}
    client = ClientDetails(phone=PHONE, email="a@b.example", ip="203.0.113.9", user_agent="x" * 900)
    with pytest.raises(Refusal):
        start(client=client)
    payment = Payment.objects.get()
    assert (payment.client.phone, payment.client.ip, len(payment.client.user_agent)) == (
        "+254712345678", "203.0.113.9", 300
    )  # fmt: skip
    told = str(list(payment.events.values_list("data", flat=True)))
    assert "712345678" not in told
    assert "203.0.113.9" not in told


@pytest.mark.django_db
def test_payments_are_never_deleted() -> None:
    with pytest.raises(Exception, match="never deleted"):
        make_payment().delete()


@pytest.mark.django_db
def test_attempts_are_found_newest_first() -> None:
    first = make_payment(reference="AB", status="failed", failure_code="1032")
    second = make_payment(reference="AB", attempt=2)
    assert list(payments_of("AB")) == [second, first]
    assert latest_payment("AB") == live_payment("AB") == second
    assert (latest_payment("CD"), live_payment("CD")) == (None, None)
    assert "cancelled" in explain(first)
    assert explain(second) == ""


@pytest.mark.parametrize(
    ("amount", "mpesa", "stripe"),
    [
        (Money(150_000, "KES"), "", ""),
        (Money(10_000, "KES"), "", "From KES 150 on."),
        (Money(30_000_000, "KES"), "Up to KES 250,000.", ""),
        (Money(1_250, "USD"), "Not available in USD.", ""),
        (Money(150_050, "KES"), "M-Pesa takes whole shillings only.", ""),
    ],
)
def test_every_method_says_why_it_cannot_be_used(amount: Money, mpesa: str, stripe: str) -> None:
    assert {method.slug: method.reason_unavailable for method in available_methods(amount)} == {
        "mpesa": mpesa, "stripe": stripe
    }  # fmt: skip


def test_a_method_without_keys_is_not_available(settings: LazySettings) -> None:
    settings.STRIPE = {**settings.STRIPE, "secret_key": ""}
    [reason] = [m.reason_unavailable for m in available_methods(Money(150_000, "KES")) if m.slug == "stripe"]
    assert reason == "Not available right now."
