"""M-Pesa's side of the books: the organization portal's statement, as CSV.

The portal puts a few lines about the account before the table; columns come in no fixed order and amounts with
thousands separators. A charge stands on a line of its own under the receipt it belongs to. Names and numbers of people
in `Details` and `Other Party Info` are not kept.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator

from marketplace.payments.errors import Malformed
from marketplace.payments.models import Item
from marketplace.payments.providers.mpesa.client import NAIROBI
from marketplace.payments.providers.mpesa.parse import shillings
from marketplace.payments.reconciliation.stated import Stated, Statement

RECEIPT, MOMENT = "receiptno", "completiontime"
MOMENTS = ("%d-%m-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%Y-%m-%dT%H:%M:%S")
SHORTCODE = re.compile(r"short\s*code\W*(\d{5,7})", re.IGNORECASE)
ACCOUNT = re.compile(r"\bacc(?:ount|\.)?\.?\s*(?:no\.?\s*)?(\S+)", re.IGNORECASE)
PERSON = re.compile(r"(?:\+?254|0)?[17]\d{8}|\b\d[\d*]{7,}\b")
NAME = re.compile(r"\s-\s.*?(?=\sAcc|$)")
KINDS = (
    (re.compile(r"reversal", re.IGNORECASE), Item.REFUND),
    (re.compile(r"to customer|business payment|salary payment|promotion payment|b2c", re.IGNORECASE), Item.TRANSFER),
    (re.compile(r"pay\s?bill|customer payment|buy goods|merchant payment|payment from", re.IGNORECASE), Item.PAYMENT),
    (re.compile(r"settlement|to bank|withdrawal|funds transfer|organization|merchant to", re.IGNORECASE), Item.PAYOUT),
)
CHARGE = re.compile(r"\b(charge|fee)s?\b", re.IGNORECASE)
MOST = 200_000
"""Lines in one file."""


def read(content: bytes) -> Statement:
    """Parse a statement. Raises `Malformed` when there is no table in it, or a line cannot be understood."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed from error
    start = next((number for number, row in enumerate(rows) if RECEIPT in map(_column, row)), None)
    if start is None or len(rows) > MOST:
        raise Malformed
    head = " ".join(cell for row in rows[:start] for cell in row)
    account = SHORTCODE.search(head)
    names = [_column(cell) for cell in rows[start]]
    lines = list(_lines(names, rows[start + 1 :], account.group(1) if account else ""))
    return Statement(lines, sorted({line.at.astimezone(NAIROBI).date() for line in lines}))


def _column(title: str) -> str:
    """ "Receipt No." and "RECEIPT NO" are one column."""
    return re.sub(r"[^a-z]", "", title.lower())


def _lines(names: list[str], rows: list[list[str]], account: str) -> Iterator[Stated]:
    for row in rows:
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
        if cells.get(RECEIPT):
            yield _line(cells, account)


def _line(cells: dict[str, str], account: str) -> Stated:
    receipt, words = cells[RECEIPT][:60], cells.get("details", "")
    minor = _cents(cells.get("paidin", "")) - abs(_cents(cells.get("withdrawn", "")))
    fee = bool(CHARGE.search(words))
    item = _item(f"{words} {cells.get('reasontype', '')}", minor)
    return Stated(
        item=item, name=receipt, line=f"{receipt}:{item}{':charge' if fee else ''}", at=_moment(cells.get(MOMENT, "")),
        currency="KES", minor=0 if fee else minor, fee_minor=-minor if fee else 0,
        account=cells.get("shortcode", account),
        completed=cells.get("transactionstatus", "Completed").lower() in ("completed", ""),
        reference=_typed(cells, words) if item == Item.PAYMENT else "", details=_told(words),
    )  # fmt: skip


def _item(words: str, minor: int) -> Item:
    for pattern, item in KINDS:
        if pattern.search(words):
            return item
    return Item.PAYMENT if minor > 0 else Item.OTHER


def _typed(cells: dict[str, str], words: str) -> str:
    """The account number the payer typed, or the prompt carried."""
    found = ACCOUNT.search(words)
    return (cells.get("acno") or (found.group(1) if found else ""))[:40].strip().upper()


def _cents(text: str) -> int:
    found = shillings(text.replace(",", "") or "0")
    if found is None:
        raise Malformed
    return found.minor


def _moment(text: str) -> dt.datetime:
    for form in MOMENTS:
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=NAIROBI)
        except ValueError:
            continue
    raise Malformed


def _told(words: str) -> str:
    return NAME.sub("", PERSON.sub("***", words))[:200]
