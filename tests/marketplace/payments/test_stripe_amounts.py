"""Stripe's minor units differ from ISO's for a few currencies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import CURRENCIES, Money
from marketplace.payments.providers.stripe.amounts import SMALLEST, from_stripe, largest, to_stripe


@pytest.mark.parametrize(
    ("money", "theirs"),
    [
        (Money(150_000, "KES"), 150_000), (Money(1_250, "USD"), 1_250), (Money(500, "JPY"), 500),
        (Money(5, "UGX"), 500),
        (Money(5_000, "RWF"), 5_000), (Money(200_000, "TZS"), 200_000), (Money(1_230, "KWD"), 1_230),
    ],
)  # fmt: skip
def test_amounts_as_stripe_wants_them(money: Money, theirs: int) -> None:
    assert to_stripe(money) == theirs
    assert from_stripe(theirs, money.currency.lower()) == money


@given(st.integers(1, 10**8), st.sampled_from(sorted(SMALLEST)))
def test_there_and_back_is_the_same(minor: int, currency: str) -> None:
    assert from_stripe(to_stripe(Money(minor, currency)), currency) == Money(minor, currency)


@pytest.mark.parametrize(("amount", "currency"), [(501, "ugx"), (100, "brl"), (100, "xyz")])
def test_what_is_no_amount_of_ours_is_none(amount: int, currency: str) -> None:
    assert from_stripe(amount, currency) is None


def test_every_currency_we_sell_in_has_limits() -> None:
    assert set(SMALLEST) == set(CURRENCIES)
    for currency, smallest in SMALLEST.items():
        assert 0 < smallest < largest(currency)
        assert to_stripe(Money(largest(currency), currency)) <= 99_999_999
