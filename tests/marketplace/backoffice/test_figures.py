"""Payments health: the numbers are right, the page bears volume, and only who may sees it."""

import datetime as dt
import random

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.load_payments import load
from marketplace.backoffice.figures import bars, figures, first_moment, starts
from marketplace.core import clock
from marketplace.payments.models import InboxMessage, Payment, PaymentClient, ProviderCall
from tests.factories.payments import make_payment
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _at_nine():
    with time_machine.travel(NOW, tick=False):
        yield


def paid_after(seconds: int, *, ago: dt.timedelta = dt.timedelta(), **fields) -> Payment:
    payment = make_payment(status="succeeded", settled_at=NOW - ago + dt.timedelta(seconds=seconds), **fields)
    Payment.objects.filter(pk=payment.pk).update(created_at=NOW - ago)
    return payment


def of(slug: str, **asked):
    return next(one for one in figures(**asked).providers if one.slug == slug)


def test_the_median_is_the_middle_one_and_no_straggler_moves_it():
    for seconds in (5, 8, 20, 3600):
        paid_after(seconds)
    assert of("mpesa").total.middle == dt.timedelta(seconds=8)
    paid_after(20)
    assert of("mpesa").total.middle == dt.timedelta(seconds=20)
    assert of("stripe").total.middle is None


def test_the_rate_counts_what_has_ended():
    paid_after(5)
    for status in ("failed", "expired", "pending", "review"):
        make_payment(status=status)
    total = of("mpesa").total
    assert (total.attempts, total.paid, total.failed, total.rate) == (5, 1, 2, 33)


def test_each_day_has_its_own_numbers():
    paid_after(5)
    paid_after(50, ago=dt.timedelta(days=3))
    make_payment(status="failed")
    steps = {step.start: step for step in of("mpesa").steps}
    today, before = steps[dt.date(2026, 11, 21)], steps[dt.date(2026, 11, 18)]
    assert (today.paid, today.failed, today.rate) == (1, 1, 50)
    assert (before.paid, before.middle) == (1, dt.timedelta(seconds=50))
    assert len(steps) == 30


@pytest.mark.parametrize(
    ("by", "first"), [("day", dt.date(2026, 10, 23)), ("week", dt.date(2026, 5, 25)), ("month", dt.date(2025, 12, 1))]
)
def test_days_weeks_and_months(by, first):
    paid_after(5)
    assert (starts(by)[0], first_moment(by).date()) == (first, first)
    assert of("mpesa", by=by).steps[-1].paid == 1


def test_a_day_begins_where_the_marketplace_is_at_home():
    paid_after(5, ago=dt.timedelta(hours=11, minutes=30))  # 21:30 UTC is half past midnight in Nairobi
    assert of("mpesa").steps[-1].paid == 1


def test_messages_are_counted_with_their_lag():
    payment = paid_after(5)
    paid_after(5)
    for number, seconds in enumerate((2, 4)):
        row = InboxMessage.objects.create(
            provider="mpesa", event_id=f"e{number}", body="{}", payment=payment, status="done", due_at=NOW,
            deliveries=number + 1, processed_at=NOW + dt.timedelta(seconds=seconds),
        )  # fmt: skip
        InboxMessage.objects.filter(pk=row.pk).update(received_at=NOW)
    InboxMessage.objects.create(provider="mpesa", event_id="q", body="{}", status="quarantined", due_at=NOW)
    one = of("mpesa")
    assert (one.messages, one.quarantined, one.repeated, one.told) == (3, 1, 1, 50)
    assert (one.lag, one.worst_lag) == (dt.timedelta(seconds=3), dt.timedelta(seconds=4))


def test_answers_of_providers_are_measured():
    for milliseconds, answer in ((100, "ok"), (300, "silent")):
        ProviderCall.objects.create(provider="mpesa", operation="stk_push", milliseconds=milliseconds, answer=answer)
    (row,) = figures().calls
    assert (row["count"], row["mean"], row["worst"], row["lost"]) == (2, 200, 300, 1)


def test_addresses_with_many_failures_stand_out_and_others_do_not():
    for number in range(6):
        bad, fine = make_payment(status="failed"), paid_after(5)
        PaymentClient.objects.filter(payment=bad).update(ip="10.0.0.1", email=f"a{number}@example.com")
        PaymentClient.objects.filter(payment=fine).update(ip="10.0.0.2")
    (row,) = figures().addresses
    assert (row["ip"], row["failed"], row["people"]) == ("10.0.0.1", 6, 6)


def test_reasons_are_counted_and_said_in_words():
    make_payment(status="failed", failure_code="1032")
    assert figures().reasons == [{"provider": "mpesa", "failure_code": "1032", "count": 1}]
    page = page_for("Finance")
    assert "1032" in page
    assert "cancelled" in page.lower()


def test_one_provider_may_be_looked_at_alone():
    make_payment(status="failed")
    make_payment(provider="stripe", status="failed")
    assert [one.slug for one in figures(provider="stripe").providers] == ["stripe"]
    assert {row["provider"] for row in figures(provider="stripe").reasons} == {"stripe"}


def test_the_tallest_bar_fills_the_drawing():
    paid_after(5)
    make_payment(status="failed")
    drawn = bars(of("mpesa").steps)
    assert (drawn[-1].paid, drawn[-1].failed, drawn[-1].failed_y) == (60, 60, 0)
    assert {bar.paid for bar in drawn[:-1]} == {0}


def page_for(role: str, query: str = "") -> str:
    client = Client()
    client.force_login(make_user(role=role))
    response = client.get(f"/admin/payments-health/{query}")
    assert response.status_code == 200, response.headers.get("Location")
    return response.content.decode()


@pytest.mark.parametrize("query", ["", "?by=week", "?by=month&provider=mpesa", "?by=x&provider=x"])
def test_an_empty_house_and_odd_questions_are_borne(query):
    assert "Payments health" in page_for("Finance", query)


@pytest.mark.parametrize("role", ["Support", "Editors"])
def test_others_do_not_see_it(role):
    client = Client()
    client.force_login(make_user(role=role))
    assert client.get("/admin/payments-health/").headers["Location"] == "/admin/"


def test_the_cost_does_not_grow_with_the_payments():
    client = Client()
    client.force_login(make_user(role="Finance"))
    client.get("/admin/payments-health/")
    costs = []
    for count in (20, 300):
        load(count - Payment.objects.count(), random.Random(count), start=Payment.objects.count())
        with CaptureQueriesContext(connection) as seen:
            client.get("/admin/payments-health/?by=month")
        costs.append(len(seen))
    assert costs[0] == costs[1] < 25
    assert sum(one.total.attempts for one in figures(by="month").providers) == 300
    assert clock.now() == NOW
