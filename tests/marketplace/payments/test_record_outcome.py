"""Every answer of every provider ends here: what it may change, and what it must not."""

import datetime as dt

import pytest
from django.db import transaction

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance
from marketplace.payments.models import Payment
from marketplace.payments.providers.base import Outcome
from marketplace.payments.services.record_outcome import record_outcome
from tests.factories.payments import Facts, make_payment, paid

pytestmark = pytest.mark.django_db
CANCELLED = Outcome("failed", code="1032", text="Ask for a new prompt.")
NO_REPLY = Outcome("failed", code="1037", again=True)
EXPIRED = Outcome("expired")
PENDING = Outcome("pending", again=True)
UNKNOWN = Outcome("unknown", code="no_answer", again=True)


def record(payment: Payment, outcome: Outcome) -> Payment:
    return record_outcome(payment_id=payment.pk, outcome=outcome, source="query")


def test_paid_settles_once_and_says_so_once(facts: Facts) -> None:
    payment = make_payment()
    for _ in range(3):
        payment = record(payment, paid(payment, "SLK4H7Q2XA"))
    assert (payment.status, payment.receipt, payment.next_check_at) == ("succeeded", "SLK4H7Q2XA", None)
    assert payment.settled_at is not None
    assert facts.about(payment) == ["payments.succeeded"]
    assert payment.events.filter(kind="moved").count() == 1


@pytest.mark.parametrize("outcome", [CANCELLED, EXPIRED, PENDING, UNKNOWN])
def test_nothing_undoes_a_success(outcome: Outcome, facts: Facts) -> None:
    payment = make_payment()
    record(payment, paid(payment))
    assert record(payment, outcome).status == "succeeded"
    assert facts.about(payment) == ["payments.succeeded"]


@pytest.mark.parametrize(
    ("outcome", "status", "fact"),
    [(CANCELLED, "failed", "payments.failed"), (EXPIRED, "expired", "payments.expired")],
)
def test_success_after_all_wins(outcome: Outcome, status: str, fact: str, facts: Facts) -> None:
    payment = make_payment()
    assert record(payment, outcome).status == status
    payment = record(payment, paid(payment))
    assert (payment.status, payment.failure_code) == ("succeeded", "")
    assert facts.about(payment) == [fact, "payments.succeeded"]


def test_a_failure_keeps_its_code_and_what_to_do_next(facts: Facts) -> None:
    payment = record(make_payment(), CANCELLED)
    assert (payment.failure_code, payment.failure_text) == ("1032", "Ask for a new prompt.")
    assert facts.rows()[0].payload == {
        "payment_id": str(payment.pk), "reference": payment.reference, "code": "1032"
    }  # fmt: skip
    assert payment.next_check_at is None


def test_a_failure_that_wavers_is_looked_at_again() -> None:
    payment = record(make_payment(), NO_REPLY)
    assert payment.status == "failed"
    assert payment.next_check_at is not None
    assert payment.next_check_at - clock.now() <= dt.timedelta(seconds=60)


@pytest.mark.parametrize("outcome", [PENDING, UNKNOWN])
def test_no_news_changes_nothing_but_the_next_look(outcome: Outcome, facts: Facts) -> None:
    payment = record(make_payment(), outcome)
    assert payment.status == "pending"
    assert payment.next_check_at is not None
    assert clock.now() < payment.next_check_at <= payment.deadline
    assert facts.about(payment) == []


def test_a_payment_the_provider_knows_is_pending() -> None:
    assert record(make_payment(status="created"), UNKNOWN).status == "created"
    payment = record(make_payment(status="created"), PENDING)
    assert payment.status == "pending"


def test_a_decline_on_a_page_that_is_still_open_is_shown_and_forgotten_on_success() -> None:
    payment = record(make_payment(provider="stripe"), Outcome("pending", code="insufficient_funds", text="Other card"))
    assert (payment.status, payment.failure_code, payment.failure_text) == (
        "pending",
        "insufficient_funds",
        "Other card",
    )
    assert record(payment, paid(payment)).failure_text == ""


@pytest.mark.parametrize("amount", [Money(149_999, "KES"), Money(150_000, "USD"), Money(100, "KES")])
def test_another_amount_goes_to_review(amount: Money, facts: Facts) -> None:
    payment = make_payment()
    payment = record(payment, paid(payment, "SLK4H7Q2XA", amount=amount))
    assert (payment.status, payment.failure_code, payment.receipt) == ("review", "amount_mismatch", None)
    assert payment.next_check_at is None
    assert facts.rows()[0].payload["reason"] == "amount_mismatch"
    assert record(payment, CANCELLED).status == "review", "a contradiction waits for a person"


def test_a_receipt_of_another_payment_goes_to_review_and_breaks_nothing(facts: Facts) -> None:
    first, second = make_payment(), make_payment()
    record(first, paid(first, "SLK4H7Q2XA"))
    second = record(second, paid(second, "SLK4H7Q2XA"))
    assert (second.status, second.failure_code, second.receipt) == ("review", "receipt_conflict", None)
    assert facts.about(second) == ["payments.review"]
    assert record(second, paid(second)).status == "review", "a query without a receipt does not settle that"
    assert record_outcome(payment_id=second.pk, outcome=paid(second), source="operator").status == "succeeded"


def test_the_receipt_may_come_later_but_never_changes() -> None:
    payment = make_payment()
    assert record(payment, paid(payment)).receipt is None
    assert record(payment, paid(payment, "SLK4H7Q2XA")).receipt == "SLK4H7Q2XA"
    payment = record(payment, paid(payment, "SLK4H7Q2XB"))
    assert (payment.status, payment.receipt) == ("succeeded", "SLK4H7Q2XA")
    assert payment.events.get(kind="contradiction").data["reason"] == "second_receipt"


@pytest.mark.parametrize("reason", ["no_answer", "never_acknowledged", "unconfirmed"])
def test_a_review_for_want_of_an_answer_is_ended_by_one(reason: str, facts: Facts) -> None:
    payment = make_payment(status="review", failure_code=reason)
    assert record(payment, CANCELLED).status == "failed"
    payment = make_payment(status="review", failure_code=reason)
    assert record(payment, paid(payment)).status == "succeeded"


def test_names_learned_late_are_kept_and_never_exchanged() -> None:
    payment = make_payment(provider="stripe", status="created", external_id=None, external_ref="")
    late = Outcome("pending", external_id="cs_1", external_ref="pi_1", next_url="https://pay.example/1")
    payment = record(payment, late)
    assert (payment.external_id, payment.external_ref, payment.next_url) == ("cs_1", "pi_1", "https://pay.example/1")
    other = Outcome("pending", external_id="cs_2", external_ref="pi_2", next_url="https://pay.example/2")
    assert record(payment, other).external_id == "cs_1"


def test_the_providers_fee_is_booked_once_when_it_is_known() -> None:
    payment = make_payment(provider="stripe")
    assert record(payment, paid(payment, "ch_1", again=True)).next_check_at is not None, "the fee is still missing"
    for _ in range(2):
        payment = record(payment, paid(payment, "ch_1", fee_minor=4_380))
    assert (payment.fee_minor, payment.next_check_at) == (4_380, None)
    assert balance(code=Code.PROVIDER_FEES, currency="KES") == 4_380
    assert balance(code=Code.STRIPE_CLEARING, currency="KES") == -4_380


def test_the_story_tells_every_answer_in_full() -> None:
    payment = make_payment()
    record(payment, Outcome("pending", answer={"http": 500, "answer": {"errorCode": "500.001.1001"}}))
    record(payment, paid(payment, "SLK4H7Q2XA", answer={"http": 200}))
    story = list(payment.events.order_by("at").values_list("kind", flat=True))
    assert sorted(story) == ["moved", "outcome", "outcome"]
    told = [event.data.get("answer") for event in payment.events.filter(kind="outcome").order_by("at")]
    assert told == [{"http": 500, "answer": {"errorCode": "500.001.1001"}}, {"http": 200}]


def test_a_failure_half_way_leaves_nothing(facts: Facts) -> None:
    payment = make_payment()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(payment, paid(payment)).fee_minor = 1 // 0
    payment.refresh_from_db()
    assert payment.status == "pending"
    assert facts.rows() == []
