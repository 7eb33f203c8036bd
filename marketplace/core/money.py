"""Money is a value: whole minor units and a currency. No floats; splitting never loses a cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babel.core import get_global
from babel.numbers import NumberFormatError, format_currency, parse_decimal
from django.utils.translation import get_language

from marketplace.core.errors import BadInput

CURRENCIES = ("KES", "USD", "EUR", "UGX", "TZS", "RWF", "GBP", "JPY", "KWD")
"""What the marketplace sells in. Exponents come from Babel's CLDR data (ISO 4217)."""

ISO_EXPONENTS = {"UGX": 0, "RWF": 0, "TZS": 2, "KES": 2}

MAX_MINOR = 10**12
"""A ceiling far above any real price, far below what a 64-bit column holds once summed."""


def exponent(currency: str) -> int:
    """How many decimals the currency has by ISO 4217: JPY 0, KES 2, KWD 3."""
    # CLDR knows some currencies by cash habit; ISO 4217's minor unit is meant here.
    if currency in ISO_EXPONENTS:
        return ISO_EXPONENTS[currency]
    digits = get_global("currency_fractions")
    return int(digits.get(currency, digits["DEFAULT"])[0])


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` whole minor units of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole: {self.minor!r}")

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot combine {self.currency} and {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share out by weight with the largest-remainder rule; the parts always add up to the whole."""
        return [Money(part, self.currency) for part in share(self.minor, weights)]

    def decimal(self) -> Decimal:
        """The amount in major units, for showing and for providers that want it so."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        return format_money(self)


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Split whole units by weight: floors first, then one more to the largest remainders (ties: first come)."""
    whole = sum(weights)
    if not weights or whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    sign, amount = (-1, -total) if total < 0 else (1, total)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def format_money(money: Money, *, locale: str | None = None) -> str:
    """As people write it: whole amounts without decimals ("KES 3,000"), others with all of them ("$12.50")."""
    digits = exponent(money.currency)
    whole = money.minor % 10**digits == 0
    language = (locale or get_language() or "en").replace("-", "_")
    pattern = "¤ #,##0" if whole else "¤ #,##0." + "0" * digits
    return format_currency(money.decimal(), money.currency, pattern, locale=language, currency_digits=False).replace(
        "Ksh", "KES"
    )


def parse_money(text: str, currency: str, *, locale: str | None = None) -> Money:
    """Read what a person typed ("1,500", "12.50") as an amount. Raises `BadInput` when it is not one."""
    try:
        amount = parse_decimal(text.strip(), locale=(locale or get_language() or "en").replace("-", "_"), strict=True)
        minor = amount.scaleb(exponent(currency))
    except (NumberFormatError, InvalidOperation, AttributeError) as error:
        raise BadInput(_not_an_amount(text)) from error
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > MAX_MINOR:
        raise BadInput(_not_an_amount(text))
    return Money(int(minor), currency)


def _not_an_amount(text: str) -> str:
    return f"“{text[:40]}” is not an amount of money."
