"""Money is whole minor units; nothing is ever lost in a split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import BadInput
from marketplace.core.money import Money, exponent, format_money, parse_money, share


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_parts_add_up_to_the_whole(total, weights):
    parts = share(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 1000), min_size=2, max_size=8).filter(any))
def test_no_part_is_more_than_one_unit_from_its_exact_share(total, weights):
    whole = sum(weights)
    assert all(
        abs(part * whole - total * weight) < whole for part, weight in zip(share(total, weights), weights, strict=True)
    )


def test_the_largest_remainder_gets_the_odd_cent():
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(10, [15, 25, 60]) == [2, 2, 6]


def test_weights_of_nothing_are_refused():
    with pytest.raises(ValueError, match="weights"):
        share(10, [0, 0])


@pytest.mark.parametrize(
    ("currency", "digits"), [("KES", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("UGX", 0), ("TZS", 2)]
)
def test_exponents_are_iso_4217s(currency, digits):
    assert exponent(currency) == digits


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (300000, "KES", "KES 3,000"),
        (1250, "USD", "$ 12.50"),
        (150050, "KES", "KES 1,500.50"),
        (5000, "UGX", "UGX 5,000"),
    ],
)
def test_whole_amounts_are_written_without_decimals(minor, currency, text):
    assert format_money(Money(minor, currency), locale="en").replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1,500", "KES", 150000), ("12.50", "USD", 1250), ("0", "KES", 0), (" 7 ", "JPY", 7)],
)
def test_what_people_type_is_read(text, currency, minor):
    assert parse_money(text, currency, locale="en") == Money(minor, currency)


@pytest.mark.parametrize("text", ["", "abc", "1.234", "NaN", "inf", "1e9999", "9" * 40, "1,2,3,4.5.6"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(BadInput):
        parse_money(text, "USD", locale="en")


def test_currencies_do_not_mix():
    with pytest.raises(ValueError, match="cannot combine"):
        Money(1, "KES") + Money(1, "USD")


def test_floats_are_not_money():
    with pytest.raises(TypeError):
        Money(1.0, "KES")  # type: ignore[arg-type]
