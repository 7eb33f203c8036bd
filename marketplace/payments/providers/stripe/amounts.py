"""Stripe's own minor units and limits. They differ from ISO 4217 for a few currencies, UGX among them.

Source: docs.stripe.com/currencies (zero-decimal, three-decimal and special cases; minimum amounts).
"""

from marketplace.core.money import Money, exponent

ZERO_DECIMAL = frozenset({"JPY", "RWF"})
THREE_DECIMAL = frozenset({"KWD"})
WHOLE_ONLY = frozenset({"UGX"})
"""Handled with two decimals that must be 00."""
MOST = 99_999_999
"""Eight digits of Stripe's minor unit."""

SMALLEST = {
    "KES": 15_000,
    "USD": 50,
    "EUR": 50,
    "GBP": 30,
    "JPY": 100,
    "UGX": 3_000,
    "TZS": 200_000,
    "RWF": 1_000,
    "KWD": 200,
}
"""In our minor units. Stripe asks for about 0.50 USD after conversion; where it publishes no figure, ours keeps a
distance that survives an exchange rate."""


def _factor(currency: str) -> int:
    theirs = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    return int(10 ** (theirs - exponent(currency)))


def to_stripe(money: Money) -> int:
    return money.minor * _factor(money.currency)


def from_stripe(amount: int, currency: str) -> Money | None:
    """What Stripe says, as our money; None when it is no amount of ours (an unknown currency, a broken shilling)."""
    code = currency.upper()
    if code not in SMALLEST or amount % _factor(code):
        return None
    return Money(amount // _factor(code), code)


def largest(currency: str) -> int:
    return MOST // _factor(currency)


def is_payable(money: Money) -> bool:
    """Three-decimal currencies: the last digit must be 0."""
    return money.currency not in THREE_DECIMAL or money.minor % 10 == 0
