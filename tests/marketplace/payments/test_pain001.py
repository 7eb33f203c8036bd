"""Bank files against the definition ISO publishes: a bank's gateway refuses whole files that breach it."""

import datetime as dt
import xml.etree.ElementTree as ET
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings

from marketplace.core.money import CURRENCIES, Money
from marketplace.payments.disbursements import download_bank_file, export_bank_file
from marketplace.payments.disbursements.pain001 import LATIN, NAMESPACE, plain
from marketplace.payments.models import Disbursement
from tests.factories.disbursements import BANK, disburse
from tests.iso20022 import what_is_wrong

pytestmark = pytest.mark.django_db
NS = {"p": NAMESPACE}
ACCOUNT = {"name": "Sokoni Ltd", "account": "DE89370400440532013000", "bic": "COBADEFFXXX"}
IBAN = {"iban": "GB29NWBK60161331926819", "number": "", "bank": "", "bic": ""}
NAMES = [
    "Zoë Müller-Løvås & Söhne", "Ng’ang’a wa Thiong’o", "Straße 9 <GmbH> \"Büro\"", "日本 株式会社", "🎟️", "&amp;]]>",
    "Łódź\u00a0Ødegård\u200b", "tab\there\nline", "x" * 300, "é" * 200, "a" * 139 + " b",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _account(settings: LazySettings) -> None:
    settings.BANK_ACCOUNT = ACCOUNT


def transfer(minor: int = 71_300, currency: str = "KES", key: str = "", **changed: Any) -> Disbursement:
    return disburse(rail="bank_file", minor=minor, currency=currency, key=key, destination={**BANK, **changed})


def written(*rows: Disbursement) -> bytes:
    """The file over these transfers; valid, or the test ends here."""
    file = export_bank_file(disbursement_ids=[row.pk for row in rows], execute_on=dt.date(2026, 11, 23), actor_id=7)
    content = download_bank_file(file_id=file.pk, form="pain001", actor_id=7)
    assert what_is_wrong(content) == []
    return content


def agree(content: bytes, rows: list[Disbursement]) -> None:
    """Count and control sum, in header and block, are those of the transfers in the file and of the rows."""
    root = ET.fromstring(content)
    amounts = [Decimal(found.text or "") for found in root.iterfind(".//p:InstdAmt", NS)]
    expected = sum((row.amount.decimal() for row in rows), Decimal())
    for part in ("GrpHdr", "PmtInf"):
        assert root.findtext(f".//p:{part}/p:NbOfTxs", None, NS) == str(len(amounts)) == str(len(rows))
        assert Decimal(root.findtext(f".//p:{part}/p:CtrlSum", "", NS)) == sum(amounts) == expected


@pytest.mark.parametrize("many", [1, 2, 60])
def test_few_and_many_payouts(many: int) -> None:
    rows = [transfer(minor=100 + number) for number in range(many)]
    content = written(*rows)
    agree(content, rows)
    for name in ("InstrId", "EndToEndId"):
        assert len({found.text for found in ET.fromstring(content).iterfind(f".//p:{name}", NS)}) == many


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("minors", [[1], [10**12] * 3 + [1]])
def test_every_currency_from_the_least_to_the_most(currency: str, minors: list[int]) -> None:
    rows = [transfer(minor, currency) for minor in minors]
    agree(written(*rows), rows)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_sellers_and_banks_are_called(name: str) -> None:
    root = ET.fromstring(written(transfer(name=name, bank=name, bic="")))
    for found in root.iterfind(".//p:Nm", NS):
        assert 1 <= len(found.text or "") <= 140
        assert set(found.text or "") <= LATIN


@pytest.mark.parametrize("key", ["payout-1-1", "payout-" + "9" * 57, "überweisung-1"])
@pytest.mark.parametrize("to", [{}, {"bic": ""}, IBAN, IBAN | {"bic": "NWBKGB2L"}, {"number": "1" * 34}])
def test_long_references_and_every_kind_of_account(key: str, to: dict[str, str]) -> None:
    row = transfer(key=key, **to)
    Disbursement.objects.filter(pk=row.pk).update(reference="R" * 40)
    agree(written(row), [row])


@pytest.mark.parametrize(
    ("account", "identity"),
    [({"account": "DE89 3704 0044 0532 0130 00"}, "IBAN"), ({"account": "0110 0223 344", "bic": ""}, "Othr"),
     ({"account": "", "bic": ""}, "Othr"), ({"name": "Sökoni <Ltd> " * 20}, "IBAN"), ({"bic": "coba de ff"}, "IBAN")],
)  # fmt: skip
def test_our_own_account_as_operators_write_it(settings: LazySettings, account: dict[str, str], identity: str) -> None:
    settings.BANK_ACCOUNT = ACCOUNT | account
    root = ET.fromstring(written(transfer()))
    assert root.find(f".//p:DbtrAcct/p:Id/p:{identity}", NS) is not None


@pytest.mark.parametrize(
    ("name", "kept"),
    [("Ng’ang’a – Straße", "Ng'ang'a - Strasse"), ("Łódź Ødegård", "Lodz Odegard"),
     ("Salt & Sons; Æsir", "Salt + Sons, AEsir"), ("Jazz_Club", "Jazz-Club")],
)  # fmt: skip
def test_names_stay_readable(name: str, kept: str) -> None:
    assert plain(name, 140) == kept


def test_the_definition_refuses_what_is_wrong() -> None:
    """Else the tests above would prove nothing."""
    content = written(transfer())
    for old, new in ((b"<NbOfTxs>1<", b"<NbOfTxs>one<"), (b"<MsgId>", b"<MsgId>" + b"x" * 36), (b'Ccy="KES"', b"")):
        assert old in content
        assert what_is_wrong(content.replace(old, new))


def test_a_sum_of_money_fits() -> None:
    assert Money(10**12, "JPY").decimal() * 100_000 < Decimal(10) ** 18, "CtrlSum and InstdAmt have 18 digits"
