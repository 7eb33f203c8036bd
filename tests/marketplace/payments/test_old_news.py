"""News of what has been settled another way since, of an earlier try, or older than what is known: noted, no more."""

from typing import Any

import pytest

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.selectors import balance
from marketplace.ledger.services import post
from marketplace.notifications.models import Alert
from marketplace.payments.errors import NotRefundable
from marketplace.payments.messages.reversals import about_answer, about_queue
from marketplace.payments.models import Disbursement, InboxMessage, PaybillReceipt, Payment, Refund
from marketplace.payments.providers.base import RefundOutcome
from marketplace.payments.services import assign_paybill, retry_refund, return_money, settle_refund_by_hand
from marketplace.payments.services.match_paybill import _put_aside
from marketplace.payments.services.record_outcome import record_outcome
from marketplace.payments.services.record_provider_refund import record_provider_refund
from marketplace.payments.services.record_refund import record_refund
from marketplace.payments.services.transfer_refund import transfer_refund
from tests.factories.commerce import make_order
from tests.factories.payments import make_payment, nobodys, owed_back, paid
from tests.marketplace.payments.test_mpesa_results import envelope

pytestmark = pytest.mark.django_db
AMOUNT = 50_000


def refund_of(payment: Payment, amount: int = AMOUNT) -> Refund:
    return return_money(payment_id=payment.pk, amount_minor=amount, key=f"{payment.pk}:{amount}", reason="asked")


def hear(refund: Refund, state: Any, **more: Any) -> Refund:
    return record_refund(refund_id=refund.pk, outcome=RefundOutcome(state, **more), source="callback")


def at_stripe(payment: Payment, status: str, *, name: str = "re_X", amount: int = AMOUNT) -> dict[str, Any]:
    """A refund made in Stripe's dashboard, as Stripe shows it: it names none of ours."""
    return {"id": name, "status": status, "amount": amount, "currency": "kes", "payment_intent": payment.external_ref,
            "charge": None, "metadata": {}, "failure_reason": None}  # fmt: skip


def owe(minor: int) -> None:
    """What deciding about a refund made outside books."""
    lines = {AccountKey(Code.OPENING): minor, AccountKey(Code.REFUNDS_IN_TRANSIT): -minor}
    post(key="owed", kind="opening", currency="KES", lines=lines)


# -- Stripe ----------------------------------------------------------------------------------------------------------
def test_a_dashboard_refund_that_failed_and_was_given_back_by_hand_stays_given_back() -> None:
    payment = make_payment(provider="stripe", status="succeeded")
    refund = record_provider_refund(found=at_stripe(payment, "succeeded"))
    assert refund is not None
    refund = record_provider_refund(found=at_stripe(payment, "failed"))
    assert refund is not None
    assert refund.status == "failed"
    owe(AMOUNT)
    settle_refund_by_hand(refund_id=refund.pk, evidence="Bank statement, line 7", actor_id=7)
    for status in ("failed", "succeeded"):
        refund = record_provider_refund(found=at_stripe(payment, status))
        assert refund is not None
        assert (refund.status, refund.method) == ("succeeded", "manual")
    assert balance(code=Code.BANK, owner="", currency="KES") == -AMOUNT
    assert not Alert.objects.filter(code="refund_failed", closed_at=None).exists()
    assert payment.refunds.count() == 1


def test_what_failed_after_it_had_succeeded_does_not_succeed_by_older_news() -> None:
    refund = refund_of(nobodys(make_payment(provider="stripe", status="succeeded")))
    hear(refund, "succeeded", external_id="re_A")
    hear(refund, "failed", undoes=True)
    refund = hear(refund, "succeeded", external_id="re_A")
    assert (refund.status, owed_back()) == ("failed", AMOUNT)
    assert Alert.objects.get(code="refund_failed", closed_at=None).times == 2, "said again"
    retry_refund(refund_id=refund.pk, actor_id=7)
    assert (hear(refund, "succeeded").status, owed_back()) == ("succeeded", 0)


def test_a_dashboard_refund_that_paid_ours_and_fails_later_comes_before_a_person() -> None:
    payment = nobodys(make_payment(provider="stripe", status="succeeded"))
    ours = hear(refund_of(payment, payment.amount_minor), "failed", code="charge_already_refunded")
    covered = record_provider_refund(found=at_stripe(payment, "pending", name="re_Y", amount=100_000))
    assert covered == ours
    assert owed_back() == AMOUNT
    assert record_provider_refund(found=at_stripe(payment, "failed", name="re_Y", amount=100_000)) == ours
    assert Alert.objects.get(code="refund_cover_failed").key == "refund_cover_failed:re_Y"


# -- M-Pesa ----------------------------------------------------------------------------------------------------------
def message(refund: Refund, kind: str, body: bytes = b"{}") -> InboxMessage:
    return InboxMessage(provider="mpesa", kind=kind, about=f"refund:{refund.pk}", body=body.decode(), attempts=1)


@pytest.fixture
def again() -> Refund:
    """A reversal that was asked about under Q1, failed, and is to go to the phone now."""
    payment = nobodys(make_payment(status="succeeded", receipt="TKL1234567"))
    refund = refund_of(payment, payment.amount_minor)
    assert refund.method == Refund.Method.PROVIDER
    Refund.objects.filter(pk=refund.pk).update(attempted_at=clock.now())
    hear(refund, "sent", external_id="AG_1")
    hear(refund, "sent", question="Q1", asked_about="AG_1")
    hear(refund, "failed", code="21")
    return retry_refund(refund_id=refund.pk, actor_id=7, method="b2c")


def test_a_queue_that_gave_up_an_earlier_try_says_nothing_of_this_one(again: Refund) -> None:
    about_queue(message(again, "rev.timeout"))
    again.refresh_from_db()
    assert (again.status, again.attempt) == ("created", 2)


def test_an_answer_about_an_earlier_try_says_nothing_of_this_one(again: Refund) -> None:
    body = envelope({"Key": "TransactionStatus", "Value": "Completed"}, ConversationID="Q1")
    about_answer(message(again, "ask.refund.result", body))
    again.refresh_from_db()
    assert (again.status, again.attempt, owed_back()) == ("created", 2, again.amount_minor)


def test_a_transfer_that_was_paid_is_not_given_back_by_hand_as_well() -> None:
    refund = refund_of(nobodys(make_payment(status="succeeded", receipt="TKL1234567")))
    refund = transfer_refund(refund_id=refund.pk, source="operator")
    Refund.objects.filter(pk=refund.pk).update(status="failed")
    Disbursement.objects.filter(pk=refund.disbursement_id).update(status="paid")  # the news waits in the outbox
    with pytest.raises(NotRefundable):
        settle_refund_by_hand(refund_id=refund.pk, evidence="Bank statement", actor_id=7)
    with pytest.raises(NotRefundable):
        retry_refund(refund_id=refund.pk, actor_id=7, method="b2c")


# -- the paybill -----------------------------------------------------------------------------------------------------
def put_aside(minor: int, receipt: str = "TKL7654321") -> PaybillReceipt:
    """Two stories were told of it, so that its reference is not believed."""
    row = PaybillReceipt.objects.create(
        receipt=receipt, amount_minor=minor, shortcode="174379", paid_at=clock.now(), status="waiting",
        verified_at=clock.now(),
    )  # fmt: skip
    return _put_aside(row)


def test_assigned_to_what_its_own_prompt_has_paid_it_is_that_payment() -> None:
    order = make_order()
    prompt = nobodys(make_payment(reference=order.code, amount=order.total_minor, status="succeeded"))
    row = assign_paybill(receipt_id=put_aside(order.total_minor).pk, reference=order.code, actor_id=7)
    prompt.refresh_from_db()
    assert (row.status, row.payment, prompt.receipt) == ("matched", prompt, row.receipt)
    assert Payment.objects.filter(reference=order.code).count() == 1
    assert balance(code=Code.MPESA_CLEARING, owner="", currency="KES") == order.total_minor, "booked once"


def test_a_prompt_that_names_money_put_aside_waits_for_whoever_assigns_it() -> None:
    row = put_aside(150_000)
    prompt = make_payment(amount=150_000)
    prompt = record_outcome(payment_id=prompt.pk, outcome=paid(prompt, row.receipt), source="callback")
    assert (prompt.status, prompt.failure_code, prompt.receipt) == ("review", "receipt_conflict", None)
    assert prompt.amount == Money(150_000, "KES")
