"""What of a line's money belongs to whom, when a part of it goes back. Pure: whole minor units in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.core.money import share


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount by who bears it."""

    share: int
    """The seller's."""
    fee: int
    """Our commission."""
    tax: int
    commission_tax: int

    @property
    def total(self) -> int:
        return self.share + self.fee + self.tax + self.commission_tax

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(
            self.share + other.share,
            self.fee + other.fee,
            self.tax + other.tax,
            self.commission_tax + other.commission_tax,
        )

    def __sub__(self, other: "Parts") -> "Parts":
        return Parts(
            self.share - other.share,
            self.fee - other.fee,
            self.tax - other.tax,
            self.commission_tax - other.commission_tax,
        )


NOTHING = Parts(0, 0, 0, 0)


def split(amount: int, left: Parts) -> Parts:
    """`amount` in proportion to what is left of each part; never more than is left, and all of it for all of it.

    By what is left and not by what was sold: however many partial refunds there are, the last leaves exactly nothing.
    """
    if not 0 <= amount <= left.total:
        raise ValueError(f"{amount} of {left.total}")
    if amount == 0:
        return NOTHING
    return Parts(*share(amount, (left.share, left.fee, left.tax, left.commission_tax)))


def spread(amount: int, left: Mapping[int, Parts]) -> dict[int, Parts]:
    """An amount nobody named lines for, over what is left of each; what is more than all of it is left out."""
    totals = {line_id: part.total for line_id, part in left.items() if part.total > 0}
    amount = min(amount, sum(totals.values()))
    if amount <= 0:
        return {}
    amounts = share(amount, list(totals.values()))
    return {line_id: split(part, left[line_id]) for line_id, part in zip(totals, amounts, strict=True) if part}


def price_of_units(total: int, quantity: int, positions: Sequence[int]) -> int:
    """What these units of a line cost together: a line of 100 for 3 units is 34 + 33 + 33. Each is named once."""
    if len(set(positions)) != len(positions):
        raise ValueError(f"a unit named twice: {positions}")
    prices = share(total, [1] * quantity)
    return sum(prices[position - 1] for position in positions)


def percent_of(amount: int, percent: int, *, step: int) -> int:
    """So many percent, rounded down to what can be paid out."""
    return amount * percent // 100 // step * step
