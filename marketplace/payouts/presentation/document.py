"""A statement or an invoice as plain values: a page, a PDF and a spreadsheet show the same."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import Money

FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | dt.datetime | Money


@dataclass(frozen=True)
class Document:
    """`rows` have a cell per column; amounts stand in the last `amounts` columns. `sums` end in what counts."""

    title: str
    number: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    sums: Sequence[tuple[str, Money]]
    amounts: int = 1
    note: str = ""

    @property
    def file_name(self) -> str:
        return f"{self.title}-{self.number}".lower().replace(" ", "-")


def spreadsheet(document: Document) -> Iterator[list[str | Decimal]]:
    """Rows for a CSV file. Text that a spreadsheet would compute is made text; amounts are plain numbers."""
    yield [_text(column) for column in document.columns]
    for row in document.rows:
        yield [_cell(cell) for cell in row]
    width = len(document.columns)
    for label, money in document.sums:
        yield [_text(label), *[""] * (width - 2), money.decimal()]


def _cell(cell: Cell) -> str | Decimal:
    if isinstance(cell, Money):
        return cell.decimal()
    if isinstance(cell, dt.datetime):
        return cell.isoformat(timespec="seconds")
    return _text(cell)


def _text(text: object) -> str:
    found = str(text)
    return f"'{found}" if found.startswith(FORMULA) else found
