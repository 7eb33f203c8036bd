"""A bank file as ISO 20022 customer credit transfer initiation, pain.001.001.09. One debtor, one currency, one day.

Amounts have exactly the currency's decimals. Every transfer's EndToEndId is its key, which banks carry to the
receiver's statement and into their reports. Names keep to the characters all banks take.
Source: ISO 20022 message definition report "Payments Initiation", 2019. The suite holds what is written here against
the definition (XSD) ISO publishes with it.
"""

import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from decimal import Decimal

from marketplace.core.money import Money
from marketplace.payments import conf
from marketplace.payments.models import BankFile, Disbursement
from marketplace.payments.rails.bank_file import is_iban
from marketplace.payments.rails.base import Destination, destination_of

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
"""The characters every bank takes (EPC 217-08)."""
SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
     "ð": "d", "þ": "th", "Þ": "Th", "&": "+", ";": ",", "_": "-", "\u2013": "-", "\u2014": "-", "\u2018": "'",
     "\u2019": "'", "\u02bc": "'", "`": "'", "\u00b4": "'"}
)  # fmt: skip
"""Letters that are no base letter with an accent, and signs that have a neighbor banks take."""
END_TO_END_LENGTH = 35


def write(file: BankFile, lines: Sequence[Disbursement]) -> bytes:
    """The document in UTF-8. The same file is the same bytes every time."""
    document = ET.Element("Document", xmlns=NAMESPACE)
    initiation = _sub(document, "CstmrCdtTrfInitn")
    debtor = conf.bank_account()
    _group_header(initiation, file, debtor.name)
    payment = _sub(initiation, "PmtInf")
    _text(payment, "PmtInfId", file.code)
    _text(payment, "PmtMtd", "TRF")
    _text(payment, "BtchBookg", "false")
    _totals(payment, file)
    _text(_sub(payment, "ReqdExctnDt"), "Dt", file.execute_on.isoformat())
    _text(_sub(payment, "Dbtr"), "Nm", plain(debtor.name, 140))
    _account(payment, "DbtrAcct", *((debtor.account, "") if is_iban(debtor.account) else ("", debtor.account)))
    _agent(payment, "DbtrAgt", debtor.bic, debtor.bank)
    _text(payment, "ChrgBr", "SHAR")
    for line in lines:
        _transfer(payment, line)
    ET.indent(document, space=" ")
    return bytes(ET.tostring(document, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _group_header(initiation: ET.Element, file: BankFile, name: str) -> None:
    header = _sub(initiation, "GrpHdr")
    _text(header, "MsgId", file.code)
    _text(header, "CreDtTm", file.created_at.replace(microsecond=0).isoformat())
    _totals(header, file)
    _text(_sub(header, "InitgPty"), "Nm", plain(name, 140))


def _totals(parent: ET.Element, file: BankFile) -> None:
    _text(parent, "NbOfTxs", str(file.lines))
    _text(parent, "CtrlSum", amount(file.total))


def _transfer(payment: ET.Element, line: Disbursement) -> None:
    to = destination_of(line)
    transfer = _sub(payment, "CdtTrfTxInf")
    names = _sub(transfer, "PmtId")
    _text(names, "InstrId", str(line.external_id)[:35])
    _text(names, "EndToEndId", end_to_end_id(line))
    _text(_sub(transfer, "Amt"), "InstdAmt", amount(line.amount)).set("Ccy", line.currency)
    _creditor_agent(transfer, to)
    _text(_sub(transfer, "Cdtr"), "Nm", plain(str(to["name"]), 140))
    _account(transfer, "CdtrAcct", str(to.get("iban") or ""), str(to.get("number") or ""))
    _text(_sub(transfer, "RmtInf"), "Ustrd", plain(f"Sokoni {line.reference}", 140))


def end_to_end_id(line: Disbursement) -> str:
    """The transfer's key; where a bank could not carry that, its id without dashes."""
    if len(line.key) > END_TO_END_LENGTH or set(line.key) - LATIN:
        return line.pk.hex
    return line.key


def _creditor_agent(transfer: ET.Element, to: Destination) -> None:
    if to.get("bic") or to.get("bank"):
        _agent(transfer, "CdtrAgt", str(to.get("bic") or ""), str(to.get("bank") or ""))


def _agent(parent: ET.Element, name: str, bic: str, bank: str) -> None:
    institution = _sub(_sub(parent, name), "FinInstnId")
    if bic:
        _text(institution, "BICFI", bic)
    elif bank:
        _text(institution, "Nm", plain(bank, 140))
    else:
        _text(_sub(institution, "Othr"), "Id", "NOTPROVIDED")


def _account(parent: ET.Element, name: str, iban: str, number: str) -> None:
    identity = _sub(_sub(parent, name), "Id")
    if iban:
        _text(identity, "IBAN", iban)
    else:
        _text(_sub(identity, "Othr"), "Id", plain(number, 34))


def amount(money: Money) -> str:
    """The exact amount in major units: "713.00" KES, "713" JPY, "0.713" KWD."""
    exact: Decimal = money.decimal()
    return f"{exact:f}"


def plain(text: str, most: int) -> str:
    """Without accents, and a dot for what banks do not take; never empty."""
    letters = unicodedata.normalize("NFKD", text.translate(SPELLED))
    kept = "".join(c if c in LATIN else "." for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split())[:most].strip() or "."


def _sub(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, name)


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = text
    return element
