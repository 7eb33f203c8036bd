"""What can be paid by typing its name on a phone. Rooms above register what they sell:

    @payable("order")
    def order(reference: str) -> Payable | None: ...

People type references by hand: they arrive normalized. Order codes hold no 0, O, 1, I, L or U, so a look-alike of one
of their characters is no other character of theirs, and nothing is guessed: what does not fit exactly is nobody's.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from marketplace.core.money import Money

MOST = 20
"""Characters a payer can type (Daraja, BillRefNumber)."""


@dataclass(frozen=True, slots=True)
class Payable:
    """Something that exists. `open`: it waits for exactly `amount`."""

    reference: str
    amount: Money
    open: bool


Finder = Callable[[str], Payable | None]

_finders: dict[str, Finder] = {}


def payable(kind: str) -> Callable[[Finder], Finder]:
    """Register who knows what a normalized reference names. Called inside and outside transactions; it only reads."""

    def register(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return register


def find(reference: str) -> Payable | None:
    """What that normalized reference names, whichever room knows it."""
    if not reference:
        return None
    return next((found for finder in _finders.values() if (found := finder(reference)) is not None), None)


def normalized(typed: str) -> str:
    """Letters and digits in upper case: " 7gq2-m4kp " is 7GQ2M4KP, and so is what a phone's keyboard made wide."""
    plain = unicodedata.normalize("NFKC", typed[:200]).upper()
    return "".join(char for char in plain if char.isascii() and char.isalnum())[:40]
