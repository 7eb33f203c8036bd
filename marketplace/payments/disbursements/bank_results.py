"""What the bank says became of a file's lines: a CSV of our own shape, pain.002, or camt.053/camt.054."""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from marketplace.payments.disbursements.bank_files import lines_of
from marketplace.payments.disbursements.by_hand import settle_by_hand
from marketplace.payments.disbursements.pain001 import end_to_end_id
from marketplace.payments.errors import Malformed, NotCancellable
from marketplace.payments.models import BankFile, Disbursement

MOST_BYTES = 10 * 1024 * 1024
PAID_WORDS = frozenset({"paid", "ok", "accepted", "acsc", "accc", "booked"})
FAILED_WORDS = frozenset({"failed", "rejected", "returned", "rjct"})


@dataclass(frozen=True, slots=True)
class LineResult:
    """What the bank says about one transfer, named by its EndToEndId."""

    end_to_end_id: str
    paid: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many lines were settled so; and the names that are not in this file, or contradict what is certain."""

    paid: int
    failed: int
    unknown: tuple[str, ...]
    refused: tuple[str, ...]


def import_bank_result(*, file_id: int, content: bytes, actor_id: int | None) -> Imported:
    """Settle a file's lines by the bank's report. Safe to repeat: what is settled so already stays.

    A bank sends back what it had paid, once, and never the other way round: an older report read again changes nothing
    that was learned since.

    Raises `Malformed` for a report in no known shape.
    """
    results = list(read_report(content))
    file = BankFile.objects.get(pk=file_id)
    lines = {end_to_end_id(line): line for line in lines_of(file)}
    counted = {True: 0, False: 0}
    refused = []
    for result in results:
        line = lines.get(result.end_to_end_id)
        if line is None:
            continue
        try:
            with transaction.atomic():
                if _is_old(result, Disbursement.locked(line.pk)):
                    raise NotCancellable
                settle_by_hand(
                    disbursement_id=line.pk, paid=result.paid, actor_id=actor_id,
                    evidence=f"Bank report on file {file.code}. {result.reason}".strip(),
                )  # fmt: skip
        except NotCancellable:
            refused.append(result.end_to_end_id)
        else:
            counted[result.paid] += 1
    unknown = tuple(result.end_to_end_id for result in results if result.end_to_end_id not in lines)
    return Imported(counted[True], counted[False], unknown, tuple(refused))


def _is_old(result: LineResult, line: Disbursement) -> bool:
    if result.paid:
        return line.status == Disbursement.Status.FAILED
    failed_before = line.events.filter(kind="by_hand", data__paid=False)
    return line.status == Disbursement.Status.PAID and failed_before.exists()


def read_report(content: bytes) -> Iterator[LineResult]:
    """Understand a report. Raises `Malformed`."""
    if len(content) > MOST_BYTES:
        raise Malformed
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed from error
    found = list(_from_xml(text) if text.lstrip().startswith("<") else _from_csv(text))
    if not found:
        raise Malformed
    yield from found


def _from_csv(text: str) -> Iterator[LineResult]:
    """Columns `end_to_end_id`, `status` and perhaps `reason`, in any order, among others."""
    for row in csv.DictReader(io.StringIO(text)):
        name, status = str(row.get("end_to_end_id") or "").strip(), str(row.get("status") or "").strip().lower()
        if name and status in PAID_WORDS | FAILED_WORDS:
            yield LineResult(name, status in PAID_WORDS, str(row.get("reason") or "").strip()[:200])


def _from_xml(text: str) -> Iterator[LineResult]:
    """Status reports name each original transfer; account reports name what was booked."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # no bank sends one; an attacker might
        raise Malformed
    try:
        document = ET.fromstring(text)  # noqa: S314 - without a DTD there is nothing to expand
    except ET.ParseError as error:
        raise Malformed from error
    for element in document.iter():
        if _name(element) == "TxInfAndSts":
            yield from _status(element)
        elif _name(element) == "Ntry":
            yield from _booked(element)


def _status(element: ET.Element) -> Iterator[LineResult]:
    name, status = _find(element, "OrgnlEndToEndId"), _find(element, "TxSts").lower()
    if name and status in PAID_WORDS | FAILED_WORDS:
        reason = _find(element, "AddtlInf") or _find(element, "Cd")
        yield LineResult(name, status in PAID_WORDS, reason[:200])


def _booked(entry: ET.Element) -> Iterator[LineResult]:
    """A booked debit left the account; a reversal, or a credit that bears our name, came back."""
    came_back = _find(entry, "RvslInd").lower() == "true" or _find(entry, "CdtDbtInd") == "CRDT"
    if (_find(entry, "Sts/Cd") or _find(entry, "Sts")) not in ("BOOK", ""):
        return
    for details in entry.iter():
        if _name(details) == "TxDtls" and (name := _find(details, "EndToEndId")):
            yield LineResult(name, not came_back, (_find(details, "AddtlInf") or _find(details, "Cd"))[:200])


def _find(element: ET.Element, path: str) -> str:
    """The text of the first descendant by that path of local names; empty when there is none."""
    first, _, rest = path.partition("/")
    for child in element.iter():
        if child is not element and _name(child) == first:
            return _find(child, rest) if rest else (child.text or "").strip()
    return ""


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
