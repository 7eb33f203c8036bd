"""What a provider states of our balance there, in one form for all providers, and how it is kept."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from zoneinfo import ZoneInfo

from marketplace.payments.models import StatementLine

ZONES = {"mpesa": ZoneInfo("Africa/Nairobi"), "stripe": ZoneInfo("UTC")}
"""A day is the provider's own."""
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One movement. The fields are those of `StatementLine`; amounts in our minor units."""

    item: str
    name: str
    line: str
    at: dt.datetime
    currency: str
    minor: int
    fee_minor: int = 0
    presented_minor: int | None = None
    presented_currency: str = ""
    completed: bool = True
    account: str = ""
    reference: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """Some movements, and the days (the provider's own) they are complete for, as far as the source says."""

    lines: Sequence[Stated]
    days: Sequence[dt.date] = ()


def bounds(provider: str, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """When a day of the provider begins, and when the next one does."""
    start = dt.datetime.combine(day, dt.time(), ZONES[provider])
    return start, start + dt.timedelta(days=1)


def keep(provider: str, lines: Iterable[Stated]) -> int:
    """Write down what is new; a movement stated again with other words replaces its older self. How many there are."""
    rows = [StatementLine(provider=provider, **asdict(line)) for line in _unique(lines)]
    told = [field.name for field in fields(Stated) if field.name != "line"]
    StatementLine.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["provider", "line"], update_fields=told
    )
    return len(rows)


def _unique(lines: Iterable[Stated]) -> list[Stated]:
    """PostgreSQL refuses to write one row twice in one statement."""
    return list({line.line: line for line in lines}.values())
