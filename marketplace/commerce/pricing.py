"""What things cost. Pure: no database, no clock; whole minor units in, whole minor units out.

Two kinds of parts make a price. What comes *on top* (a fee passed on to the buyer, a tax added) is rounded per unit, so
that the unit price a buyer sees times the quantity is exactly what the buyer pays. What lies *inside* (a fee the seller
absorbs, a tax included) is rounded once per seller and then shared out by the largest-remainder rule.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from marketplace.core.money import Money, share

Term = TypeVar("Term", bound=Hashable)

STEPS = {"KES": 100}
"""Smallest amount anyone pays: M-Pesa moves whole shillings only, and nobody has cents."""


@dataclass(frozen=True, slots=True)
class Fee:
    """The platform's fee: so many basis points of the price plus so many minor units, per paid item."""

    basis_points: int
    fixed: int
    passed_on: bool
    """True: on top of the price. False: out of the seller's share."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate in force."""

    name: str
    country: str
    basis_points: int
    included: bool


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be priced. `base` is the seller's price of one, in minor units."""

    key: int
    seller_id: int
    base: int
    quantity: int
    fee: Fee
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """The price of one: `base` and what comes on top of it."""

    base: int
    fee: int
    tax: int

    @property
    def all_in(self) -> int:
        """What the buyer sees and pays for one."""
        return self.base + self.fee + self.tax


@dataclass(frozen=True, slots=True)
class Line:
    """An item priced. All amounts for the whole line; `fee` and `tax` whoever bears them."""

    item: Item
    unit: Unit
    subtotal: int
    fee: int
    tax: int

    @property
    def total(self) -> int:
        """What the buyer pays for it."""
        return self.unit.all_in * self.item.quantity

    @property
    def tax_base(self) -> int:
        """The amount taxed, without the tax."""
        return self.subtotal - (self.tax if self.item.rate and self.item.rate.included else 0)

    @property
    def seller_share(self) -> int:
        """What the seller earns: never negative."""
        return self.total - self.fee - self.tax


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced cart: total = subtotal + fee + tax, each of which says what the buyer pays on top."""

    currency: str
    lines: tuple[Line, ...]

    @property
    def subtotal(self) -> Money:
        return Money(sum(line.subtotal for line in self.lines), self.currency)

    @property
    def fee(self) -> Money:
        return Money(sum(line.unit.fee * line.item.quantity for line in self.lines), self.currency)

    @property
    def tax(self) -> Money:
        return Money(sum(line.unit.tax * line.item.quantity for line in self.lines), self.currency)

    @property
    def total(self) -> Money:
        return Money(sum(line.total for line in self.lines), self.currency)

    def taxes(self) -> list[tuple[Rate, Money]]:
        """Every tax of the cart, included ones too, summed per rate in order of appearance."""
        sums: dict[Rate, int] = defaultdict(int)
        for line in self.lines:
            if line.item.rate is not None:
                sums[line.item.rate] += line.tax
        return [(rate, Money(minor, self.currency)) for rate, minor in sums.items()]


def step(currency: str) -> int:
    """What every price is a multiple of, in minor units."""
    return STEPS.get(currency, 1)


def price_unit(*, base: int, fee: Fee, rate: Rate | None, currency: str) -> Unit:
    """The price of one, every part a multiple of the currency's step. What is free stays free."""
    whole = step(currency)
    price = max(_to_step(base, whole), whole) if base else 0
    on_top = _to_step(_percent(price, fee.basis_points) + fee.fixed, whole) if fee.passed_on and price else 0
    added = _to_step(_percent(price, rate.basis_points), whole) if rate and not rate.included else 0
    return Unit(price, on_top, added)


def quote(items: Sequence[Item], currency: str) -> Quote:
    """Price a cart."""
    units = {i.key: price_unit(base=i.base, fee=i.fee, rate=i.rate, currency=currency) for i in items}
    subtotals = {i.key: units[i.key].base * i.quantity for i in items}
    taxes = _inside(items, subtotals, lambda i: i.rate if i.rate and i.rate.included else None, _tax_inside)
    fees = _inside(items, subtotals, lambda i: None if i.fee.passed_on else i.fee, _fee_inside)
    return Quote(currency, tuple(_line(i, units[i.key], taxes.get(i.key, 0), fees.get(i.key, 0)) for i in items))


def _line(item: Item, unit: Unit, tax_inside: int, fee_inside: int) -> Line:
    subtotal = unit.base * item.quantity
    fixed = item.fee.fixed * item.quantity if subtotal and not item.fee.passed_on else 0
    # However small the price and large the fee, the seller never owes anything for a sale.
    absorbed = min(fee_inside + fixed, subtotal - tax_inside)
    fee = unit.fee * item.quantity if item.fee.passed_on else absorbed
    return Line(item, unit, subtotal, fee, tax_inside + unit.tax * item.quantity)


def _inside(
    items: Sequence[Item],
    subtotals: dict[int, int],
    term_of: Callable[[Item], Term | None],
    amount: Callable[[int, Term], int],
) -> dict[int, int]:
    """Work a term out once per seller on the sum of its lines, then share it among them."""
    groups: dict[tuple[int, Term], list[int]] = defaultdict(list)
    for item in items:
        term = term_of(item)
        if term is not None and subtotals[item.key]:
            groups[item.seller_id, term].append(item.key)
    parts: dict[int, int] = {}
    for (_seller, term), keys in groups.items():
        weights = [subtotals[key] for key in keys]
        parts.update(zip(keys, share(amount(sum(weights), term), weights), strict=True))
    return parts


def _tax_inside(gross: int, rate: Rate) -> int:
    return _divide(gross * rate.basis_points, 10_000 + rate.basis_points)


def _fee_inside(gross: int, fee: Fee) -> int:
    return _percent(gross, fee.basis_points)


def _percent(minor: int, basis_points: int) -> int:
    return _divide(minor * basis_points, 10_000)


def _to_step(minor: int, whole: int) -> int:
    return _divide(minor, whole) * whole


def _divide(amount: int, by: int) -> int:
    """Half up; amounts here are never negative."""
    return (2 * amount + by) // (2 * by)
