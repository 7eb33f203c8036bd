"""What must be true of the books, as functions that name what is not. Each room registers its own.

    @check("orders and sales agree")
    def orders_and_sales() -> Findings:
        ...
        yield Finding(f"order {code}", "is paid, and no sale was booked")
        return orders_looked_at

A check only reads. It yields the first wrong row first, and may return how many rows it looked at. `services.prove`
runs them all over one snapshot of the database.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One wrong row: where it is, e.g. `entry order:7GQ2:sale:seller:12`, and what is wrong with it."""

    where: str
    text: str


Findings = Generator[Finding, None, int | None]
Check = Callable[[], Iterable[Finding]]

_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under the name people read, in the order of registration."""

    def register(function: Check) -> Check:
        _checks[name] = function
        return function

    return register


def checks() -> dict[str, Check]:
    """Every registered check by name."""
    return dict(_checks)
