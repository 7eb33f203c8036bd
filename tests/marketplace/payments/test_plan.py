"""When a payment is looked at next."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payments.models import Payment
from marketplace.payments.services.plan import AFTERTHOUGHTS, CLOSE_WAITS, REVIEW_UNTIL, next_check

START = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def payment(status: str = "pending", provider: str = "mpesa", *, lives: int = 180, closings: int = 0) -> Payment:
    end = START + dt.timedelta(seconds=lives)
    return Payment(
        status=status, provider=provider, created_at=START, settled_at=START, deadline=end, closings=closings
    )


def after(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def test_m_pesa_is_asked_at_growing_distances_until_the_deadline() -> None:
    moments, now = [], START
    while now < after(180):
        now = next_check(payment(), now=now, again=True) or START
        moments.append(int((now - START).total_seconds()))
    assert moments == [10, 20, 40, 60, 90, 120, 150, 180]


def test_past_the_deadline_the_waits_grow() -> None:
    waits = [next_check(payment(closings=n), now=after(200), again=True) for n in range(7)]
    assert waits == [after(200 + s) for s in (0, *CLOSE_WAITS, CLOSE_WAITS[-1])]


def test_settled_payments_are_left_alone_unless_more_may_come() -> None:
    assert next_check(payment("succeeded"), now=after(5), again=False) is None
    assert next_check(payment("failed"), now=after(5), again=False) is None
    assert next_check(payment("failed"), now=after(5), again=True) == after(AFTERTHOUGHTS[0])
    assert next_check(payment("failed"), now=after(AFTERTHOUGHTS[-1]), again=True) is None


def test_reviews_are_asked_about_for_a_day() -> None:
    assert next_check(payment("review"), now=after(600), again=True) == after(4200)
    assert next_check(payment("review"), now=START + REVIEW_UNTIL, again=True) is None
    assert next_check(payment("review"), now=after(600), again=False) is None


@pytest.mark.parametrize("provider", ["mpesa", "stripe"])
@given(seconds=st.floats(0, 10**6), closings=st.integers(0, 50), status=st.sampled_from(Payment.Status.values))
def test_the_next_look_is_never_in_the_past_and_a_live_payment_always_has_one(
    provider: str, seconds: float, closings: int, status: str
) -> None:
    now = after(seconds)
    moment = next_check(payment(status, provider, closings=closings), now=now, again=True)
    assert moment is None or moment >= now
    if status in Payment.LIVE:
        assert moment is not None
        assert moment <= max(after(180), now + dt.timedelta(seconds=CLOSE_WAITS[-1]))
