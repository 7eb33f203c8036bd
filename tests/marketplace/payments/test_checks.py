"""The proofs hold after what happens, and name the row that is wrong."""

import datetime as dt
from collections.abc import Callable

import pytest

from marketplace.core import clock
from marketplace.ledger.accounts import AccountKey, Code, clearing
from marketplace.ledger.checks import Finding
from marketplace.ledger.checks import checks as registered
from marketplace.ledger.services import post
from marketplace.payments import checks
from marketplace.payments.models import PaybillReceipt, Payment, ProviderCall, Refund
from marketplace.payments.providers.base import RefundOutcome
from marketplace.payments.services import forget_calls, return_money
from marketplace.payments.services.record_refund import record_refund
from tests.factories.payments import make_payment, nobodys

pytestmark = pytest.mark.django_db
ALL = (checks.payments_and_entries, checks.fees_and_entries, checks.refunds_and_payments, checks.owed_and_transit,
       checks.refunds_and_entries, checks.paybill_and_entries)  # fmt: skip
LONG_AGO = dt.timedelta(hours=2)


def findings(*which: Callable[[], object]) -> list[Finding]:
    return [finding for one in which or ALL for finding in one()]  # type: ignore[attr-defined]


def booked_payment(**fields: object) -> Payment:
    """Money that came two hours ago and is booked."""
    return nobodys(make_payment(provider="stripe", status="succeeded", settled_at=clock.now() - LONG_AGO, **fields))


def given_back(payment: Payment, amount: int = 50_000, state: str = "succeeded") -> Refund:
    refund = return_money(payment_id=payment.pk, amount_minor=amount, key=f"r:{payment.pk}:{amount}", reason="asked")
    outcome = RefundOutcome(state, undoes=True)  # type: ignore[arg-type]
    return record_refund(refund_id=refund.pk, outcome=outcome, source="query")


def made_outside(payment: Payment) -> Refund:
    payment.refunded_minor = 20_000
    payment.save(update_fields=["refunded_minor"])
    return Refund.objects.create(
        payment=payment, key="outside:re_1", amount_minor=20_000, origin="outside", status="succeeded",
        settled_at=clock.now(),
    )  # fmt: skip


def receipt(status: str, **fields: object) -> PaybillReceipt:
    return PaybillReceipt.objects.create(
        receipt="SG632NMUAB", amount_minor=70_000, shortcode="174379", paid_at=clock.now(), status=status, **fields
    )


def test_all_of_them_are_asked_when_the_books_are_proved() -> None:
    assert set(ALL) <= set(registered().values())


def test_they_hold_after_refunds_of_every_ending() -> None:
    payment = booked_payment()
    given_back(payment)
    given_back(payment, 30_000, "failed")
    given_back(payment, 20_000, "sent")
    undone = given_back(booked_payment())
    record_refund(refund_id=undone.pk, outcome=RefundOutcome("failed", undoes=True), source="query")
    made_outside(booked_payment())
    receipt("waiting")
    assert findings() == []


def test_a_payment_that_is_not_booked_is_named() -> None:
    make_payment(provider="mpesa", status="succeeded", reference="LOST", settled_at=clock.now() - LONG_AGO)
    assert findings() == [Finding("reference LOST", "mpesa paid 150000, and 0 is booked")]


def test_a_payment_just_made_has_time_to_be_booked() -> None:
    make_payment(provider="mpesa", status="succeeded", settled_at=clock.now())
    assert findings() == []


def test_money_booked_without_a_payment_is_named() -> None:
    payment = booked_payment(reference="TWICE")
    post(
        key="again", kind="unallocated", currency="KES", reference="TWICE",
        lines={clearing("stripe"): 100, AccountKey(Code.UNALLOCATED): -100},
    )  # fmt: skip
    assert findings() == [Finding(f"reference {payment.reference}", "stripe paid 150000, and 150100 is booked")]


def test_a_fee_that_is_not_booked_is_named() -> None:
    payment = booked_payment(fee_minor=450)
    assert findings() == [Finding(f"payment {payment.pk}", "cost 450, which is not what is booked")]


def test_a_share_set_aside_without_a_refund_is_named() -> None:
    payment = booked_payment()
    Payment.objects.filter(pk=payment.pk).update(refunded_minor=1_000)
    assert findings() == [Finding(f"payment {payment.pk}", "1000 is set aside, its refunds are 0")]


def test_a_refund_called_settled_without_its_booking_is_named() -> None:
    refund = given_back(booked_payment(), state="sent")
    Refund.objects.filter(pk=refund.pk).update(status="succeeded")
    assert [finding.where for finding in findings()] == ["2410 KES", f"refund {refund.pk}"]


def test_a_refund_booked_as_settled_and_called_failed_is_named() -> None:
    refund = given_back(booked_payment())
    Refund.objects.filter(pk=refund.pk).update(status="failed")
    found = findings()
    assert found[0] == Finding("2410 KES", "holds 0, and 50000 is owed to payers")
    assert found[1] == Finding(f"refund {refund.pk}", "is failed: 50000 is booked instead of 0")


def test_a_refund_made_outside_that_nobody_booked_is_named_after_a_while() -> None:
    refund = made_outside(booked_payment())
    Refund.objects.filter(pk=refund.pk).update(settled_at=clock.now() - LONG_AGO)
    assert findings() == [Finding(f"refund {refund.pk}", "is succeeded: 0 is booked instead of 20000")]


def test_paybill_money_called_nobodys_and_not_booked_is_named() -> None:
    receipt("unallocated")
    assert findings() == [Finding("paybill SG632NMUAB", "is unallocated, and 0 is booked as nobody's")]


def test_paybill_money_that_is_not_its_payments_is_named() -> None:
    receipt("matched", payment=booked_payment(receipt="ch_other"))
    assert findings() == [Finding("paybill SG632NMUAB", "is not the receipt or the amount of its payment")]


def test_old_measurements_are_dropped() -> None:
    for days in (1, 91):
        call = ProviderCall.objects.create(provider="stripe", operation="refund", milliseconds=80, answer="ok")
        ProviderCall.objects.filter(pk=call.pk).update(at=clock.now() - dt.timedelta(days=days))
    assert forget_calls() == 1
    assert ProviderCall.objects.count() == 1
