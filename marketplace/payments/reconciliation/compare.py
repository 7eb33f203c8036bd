"""One day at one provider, both sides beside each other. Reads and compares; writes nothing."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Max

from marketplace.payments.models import Break, Item, StatementLine
from marketplace.payments.reconciliation import ours as our_side
from marketplace.payments.reconciliation.ours import Ours
from marketplace.payments.reconciliation.stated import bounds

Kind = Break.Kind
T = TypeVar("T")
MANY = 500
"""Names in one question to the database."""


@dataclass
class Theirs:
    """All movements of one object there: a refund that failed afterwards comes to nothing."""

    item: str
    name: str
    currency: str
    at: dt.datetime
    minor: int = 0
    fee_minor: int = 0
    presented_minor: int | None = None
    presented_currency: str = ""
    completed: bool = True
    reference: str = ""

    @property
    def moved(self) -> bool:
        return self.completed and bool(self.minor or self.fee_minor)


@dataclass(frozen=True)
class Pair:
    """One object as both sides have it; at least one of them does."""

    item: str
    name: str
    """The provider's name when it has the thing, else the name we would look for."""
    ours: Ours | None = None
    theirs: Theirs | None = None


@dataclass(frozen=True)
class Difference:
    """What does not agree about a pair."""

    kind: str
    pair: Pair
    ours_minor: int | None
    theirs_minor: int | None
    currency: str
    says: str = ""


@dataclass
class Day:
    """Everything of one day, and what of it differs."""

    pairs: list[Pair] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    waiting: int = 0
    """Ours, on an account the provider's statement does not cover yet."""


def compare(provider: str, day: dt.date) -> Day:
    """Objects of ours or theirs dated to this day, each looked up on the other side whatever its date there."""
    since, until = bounds(provider, day)
    found, covered = Day(), Coverage(provider, since, until)
    for pair in _pairs(provider, since, until):
        found.pairs.append(pair)
        if pair.theirs is None and pair.ours is not None and not covered.has(pair.ours):
            found.waiting += 1
        elif (difference := differs(pair)) is not None:
            found.differences.append(difference)
    return found


class Coverage:
    """Could the statement have a thing of ours? Of its account it has lines on that day, and one no earlier."""

    def __init__(self, provider: str, since: dt.datetime, until: dt.datetime) -> None:
        lines = StatementLine.objects.filter(provider=provider).exclude(account="")
        today = set(lines.filter(at__gte=since, at__lt=until).values_list("account", flat=True).distinct())
        newest = lines.filter(account__in=today).values_list("account").annotate(Max("at")).order_by()
        self.until = dict(newest) if today else {}

    def has(self, row: Ours) -> bool:
        if not row.account:
            return True
        until = self.until.get(row.account)
        return until is not None and row.at <= until


def _pairs(provider: str, since: dt.datetime, until: dt.datetime) -> list[Pair]:
    mine = our_side.of_time(provider, since, until)
    lines = StatementLine.objects.filter(provider=provider, at__gte=since, at__lt=until)
    names = set(lines.values_list("name", flat=True)) | {row.name for row in mine}
    theirs = stated(provider, names, references=[row.reference for row in mine])
    known = [
        row
        for some in chunks(theirs)
        for row in our_side.named(
            provider, [one.name for one in some], references=[one.reference for one in some],
            moved=[one.name for one in some if one.item == Item.PAYOUT],
        )
    ]  # fmt: skip
    alone = [row for row in mine if row.settled]
    return _matched([*mine, *known], theirs, alone)


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """So that no question to the database names too many things."""
    return (rows[start : start + MANY] for start in range(0, len(rows), MANY))


def _matched(mine: Sequence[Ours], theirs: Sequence[Theirs], alone: Iterable[Ours]) -> list[Pair]:
    """By item and name; a thing whose name we never learned, by what else it is called and its amount."""
    by_name = {(row.item, row.name): row for row in reversed(mine)}
    by_reference = {(row.item, row.reference, row.minor): row for row in reversed(mine) if row.reference}
    pairs, taken = [], set()
    for one in theirs:
        row = by_name.get((one.item, one.name))
        if row is None and one.reference:
            row = by_reference.get((one.item, one.reference, _asked(one)))
            row = None if row is None or row.ours in taken else row
        if row is not None:
            taken.add(row.ours)
        pairs.append(Pair(one.item, one.name, row, one))
    return pairs + [Pair(row.item, row.name, row) for row in alone if row.ours not in taken]


def _asked(one: Theirs) -> int:
    return one.minor if one.presented_minor is None else one.presented_minor


def stated(provider: str, names: Iterable[str], *, references: Iterable[str] = ()) -> list[Theirs]:
    """What the provider states about these objects, on whatever day, summed per object."""
    lines: dict[int, StatementLine] = {}
    for column, wanted in (("name", names), ("reference", references)):
        for some in chunks(sorted(filter(None, set(wanted)))):
            rows = StatementLine.objects.filter(provider=provider, **{f"{column}__in": some})
            lines |= {line.pk: line for line in rows}
    return list(_summed(sorted(lines.values(), key=lambda line: (line.at, line.pk))).values())


def _summed(lines: Iterable[StatementLine]) -> dict[tuple[str, str], Theirs]:
    sums: dict[tuple[str, str], Theirs] = {}
    for line in lines:
        one = sums.setdefault(
            (line.item, line.name), Theirs(line.item, line.name, line.currency, line.at, completed=False)
        )
        one.reference = one.reference or line.reference
        if not line.completed:
            continue
        one.completed = True
        one.minor += line.minor
        one.fee_minor += line.fee_minor
        if line.presented_minor is not None:
            one.presented_minor = (one.presented_minor or 0) + line.presented_minor
            one.presented_currency = line.presented_currency
    return sums


def differs(pair: Pair) -> Difference | None:
    """The first thing that does not agree about it, the gravest first."""
    mine, theirs = pair.ours, pair.theirs
    if theirs is None or not theirs.moved:
        believed = mine is not None and mine.settled and bool(mine.minor or mine.fee_minor)
        return _only_ours(pair, mine) if believed and mine is not None else None
    if mine is None:
        return Difference(Kind.MISSING_HERE, pair, None, theirs.minor or -theirs.fee_minor, theirs.currency)
    if not mine.settled:
        says = f"{mine.state} / moved"
        return Difference(Kind.STATUS, pair, None, theirs.minor, theirs.currency, says)
    return _amounts(pair, mine, theirs) or _fees(pair, mine, theirs)


def _only_ours(pair: Pair, mine: Ours) -> Difference:
    if pair.theirs is not None and not pair.theirs.completed:
        says = f"{mine.state or 'moved'} / not completed"
        return Difference(Kind.STATUS, pair, mine.minor, None, mine.currency, says)
    return Difference(Kind.MISSING_THERE, pair, mine.minor, None, mine.currency)


def _amounts(pair: Pair, mine: Ours, theirs: Theirs) -> Difference | None:
    """In the currency both have; what settled in another one cannot be compared, its being there can."""
    if theirs.presented_currency == mine.currency and theirs.presented_minor is not None:
        minor = theirs.presented_minor
    elif theirs.currency == mine.currency:
        minor = theirs.minor
    else:
        return None
    return None if minor == mine.minor else Difference(Kind.AMOUNT, pair, mine.minor, minor, mine.currency)


def _fees(pair: Pair, mine: Ours, theirs: Theirs) -> Difference | None:
    if theirs.currency != mine.currency or theirs.fee_minor == (mine.fee_minor or 0):
        return None
    return Difference(Kind.FEE, pair, mine.fee_minor, theirs.fee_minor, mine.currency)
