"""A bank file as CSV, for banks whose portal takes that: one header, one line per transfer."""

import csv
import io
from collections.abc import Sequence

from marketplace.payments.models import BankFile, Disbursement
from marketplace.payments.rails.base import destination_of

HEADER = ("file", "line", "end_to_end_id", "name", "iban", "number", "bank", "bic", "amount", "currency", "execute_on",
          "reference")  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


def write(file: BankFile, lines: Sequence[Disbursement]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read names right."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(HEADER)
    for number, line in enumerate(lines, start=1):
        to = destination_of(line)
        rows.writerow(
            [file.code, number, line.key, _cell(to.get("name")), _cell(to.get("iban")), _cell(to.get("number")),
             _cell(to.get("bank")), _cell(to.get("bic")), f"{line.amount.decimal():f}", line.currency,
             file.execute_on.isoformat(), line.reference]
        )  # fmt: skip
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: object) -> str:
    text = " ".join(str(value or "").split())
    return f"'{text}" if text.startswith(FORMULA) else text
