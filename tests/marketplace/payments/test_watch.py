"""Silence, waiting and piling up come before a person, once, and go away by themselves."""

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.core import clock
from marketplace.core.models import OutboxEvent
from marketplace.notifications.models import Alert
from marketplace.payments.models import BankFile, Disbursement, InboxMessage, Refund
from marketplace.payments.services import watch
from tests.factories.disbursements import BANK, disburse
from tests.factories.payments import make_dispute, make_payment

pytestmark = pytest.mark.django_db


def ago(**span: int) -> dt.datetime:
    return clock.now() - dt.timedelta(**span)


def alarms() -> list[str]:
    watch()
    return sorted(Alert.objects.filter(closed_at=None).values_list("key", flat=True))


def paid(count: int = 3) -> None:
    for _ in range(count):
        make_payment(status="succeeded", settled_at=ago(minutes=5))


def message(**fields) -> InboxMessage:
    count = InboxMessage.objects.count()
    usual = {"provider": "mpesa", "event_id": f"e{count}", "body": "{}", "due_at": clock.now(), "status": "done"}
    return InboxMessage.objects.create(**{**usual, **fields})


def refund(status: str, age: dt.timedelta) -> None:
    payment = make_payment(status="succeeded")
    row = Refund.objects.create(payment=payment, key=str(payment.pk), amount_minor=100, status=status)
    Refund.objects.filter(pk=row.pk).update(created_at=clock.now() - age)


def test_a_quiet_house_raises_nothing():
    assert alarms() == []


def test_paid_payments_without_a_single_message_mean_that_none_arrives():
    paid()
    assert alarms() == ["webhooks_silent:mpesa"]
    message()
    assert alarms() == []
    assert Alert.objects.get().closed_at is not None


def test_two_payments_prove_no_silence():
    paid(2)
    assert alarms() == []


def test_the_same_trouble_is_one_alert():
    paid()
    for _ in range(3):
        watch()
    assert Alert.objects.get().times == 3


def test_a_payment_long_past_its_deadline_is_stuck():
    make_payment(deadline=ago(minutes=10))
    assert alarms() == []
    make_payment(deadline=ago(minutes=40))
    assert alarms() == ["payments_stuck"]


def test_messages_and_facts_that_wait_are_noticed():
    message(status="waiting", due_at=ago(minutes=5))
    OutboxEvent.objects.create(topic="t", handler="h", payload={}, due_at=ago(minutes=5))
    assert alarms() == []
    message(status="waiting", due_at=ago(minutes=15))
    OutboxEvent.objects.create(topic="t", handler="h", payload={}, due_at=ago(minutes=15))
    assert alarms() == ["inbox_backlog", "outbox_backlog"]


def test_a_fact_that_fails_again_and_again_is_noticed_though_it_is_not_due():
    OutboxEvent.objects.create(topic="t", handler="h", payload={}, due_at=clock.in_seconds(3600), attempts=6)
    assert alarms() == ["outbox_backlog"]


@pytest.mark.parametrize(
    ("status", "hours", "expected"),
    [
        ("failed", 2, ["refunds_failed"]), ("failed", 0, []), ("sent", 2, []), ("sent", 30, ["refunds_unsure"]),
        ("unknown", 30, ["refunds_unsure"]), ("succeeded", 30, []),
    ],
)  # fmt: skip
def test_refunds_that_stay_owed_are_noticed(status, hours, expected):
    refund(status, dt.timedelta(hours=hours))
    assert alarms() == expected


@pytest.mark.parametrize(
    ("status", "hours", "expected"),
    [("sent", 30, ["transfers_unsure"]), ("sent", 2, []), ("unknown", 30, ["transfers_unsure"]), ("paid", 30, [])],
)
def test_transfers_without_an_outcome_are_noticed(status, hours, expected):
    row = disburse()
    Disbursement.objects.filter(pk=row.pk).update(status=status, created_at=ago(hours=hours))
    assert alarms() == expected


@pytest.mark.parametrize(("days", "expected"), [(5, ["bank_lines_silent"]), (2, [])])
def test_a_bank_that_says_nothing_of_a_line_is_noticed(days, expected):
    row = disburse(rail="bank_file", destination=BANK)
    day = timezone.localdate() - dt.timedelta(days=days)
    file = BankFile.objects.create(
        code="BF000001",
        currency="KES",
        execute_on=day,
        lines=1,
        total_minor=row.amount_minor,
        created_at=clock.now(),
    )
    Disbursement.objects.filter(pk=row.pk).update(status="sent", created_at=ago(days=6), bank_file=file)
    assert alarms() == expected


@pytest.mark.parametrize(("count", "subject"), [(1, "1 refund failed"), (2, "2 refunds failed")])
def test_one_is_not_called_several(count, subject):
    for _ in range(count):
        refund("failed", dt.timedelta(hours=2))
    alarms()
    assert Alert.objects.get().subject == subject


def test_a_dispute_is_announced_before_its_evidence_is_due():
    dispute = make_dispute(make_payment(provider="stripe"), evidence_due_at=clock.now() + dt.timedelta(hours=80))
    assert alarms() == []
    type(dispute).objects.update(evidence_due_at=clock.now() + dt.timedelta(hours=10))
    assert alarms() == ["evidence_due"]
    type(dispute).objects.update(evidence_sent_at=clock.now())
    assert alarms() == []


def test_bounds_are_settings(settings):
    settings.PAYMENTS_WATCH = {"silent_payments": 1}
    paid(1)
    assert alarms() == ["webhooks_silent:mpesa"]
