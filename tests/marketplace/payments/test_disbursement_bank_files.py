"""Bank transfers in files: made once, exact to the last decimal, settled by what the bank reports."""

import csv
import datetime as dt
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.conf import LazySettings

from marketplace.core.errors import BadInput
from marketplace.core.money import Money
from marketplace.payments.disbursements import (
    cancel_disbursement,
    download_bank_file,
    export_bank_file,
    import_bank_result,
    send_disbursement,
    settle_by_hand,
    waiting_bank_transfers,
)
from marketplace.payments.disbursements.bank_results import Imported
from marketplace.payments.disbursements.pain001 import NAMESPACE, amount, plain
from marketplace.payments.errors import (
    DestinationInvalid,
    EvidenceMissing,
    Malformed,
    NotCancellable,
    NothingToExport,
)
from marketplace.payments.models import BankFile, BankFileDownload, Disbursement
from marketplace.payments.rails import rail
from tests.factories.disbursements import BANK, DisbursementFacts, disburse, hearing_disbursements

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)
NS = {"p": NAMESPACE}


@pytest.fixture
def told() -> Iterator[DisbursementFacts]:
    with hearing_disbursements() as heard:
        yield heard


@pytest.fixture(autouse=True)
def _account(settings: LazySettings) -> None:
    settings.BANK_ACCOUNT = {"name": "Sokoni Ltd", "account": "DE89370400440532013000", "bic": "COBADEFFXXX"}


def bank_transfer(minor: int = 71_300, currency: str = "KES", key: str = "", **changed: str) -> Disbursement:
    return disburse(rail="bank_file", minor=minor, currency=currency, key=key, destination={**BANK, **changed})


def file_of(*rows: Disbursement) -> BankFile:
    return export_bank_file(disbursement_ids=[row.pk for row in rows], execute_on=DAY, actor_id=7)


def document(file: BankFile) -> ET.Element:
    return ET.fromstring(download_bank_file(file_id=file.pk, form="pain001", actor_id=7))


def reported(file: BankFile, content: str) -> Imported:
    return import_bank_result(file_id=file.pk, content=content.encode(), actor_id=7)


# -- making --------------------------------------------------------------------------------------------------------


def test_a_bank_transfer_waits_for_a_file_and_is_sent_by_nobody() -> None:
    waiting = bank_transfer()
    assert waiting.next_check_at is None
    assert send_disbursement(disbursement_id=waiting.pk, source="operator").status == "created"
    assert waiting_bank_transfers() == {"KES": [waiting]}


def test_each_transfer_goes_into_one_file() -> None:
    first, second = bank_transfer(), bank_transfer(minor=1)
    file = file_of(first, second)
    assert (file.lines, file.total) == (2, Money(71_301, "KES"))
    first.refresh_from_db()
    assert (first.status, first.bank_file) == ("sent", file)
    assert waiting_bank_transfers() == {}
    with pytest.raises(NothingToExport):
        file_of(first)
    with pytest.raises(NotCancellable):
        cancel_disbursement(disbursement_id=first.pk, actor_id=7)


def test_a_cancelled_one_stops_the_export_of_all() -> None:
    first, second = bank_transfer(), bank_transfer()
    cancel_disbursement(disbursement_id=second.pk, actor_id=7)
    with pytest.raises(NothingToExport):
        file_of(first, second)
    assert not BankFile.objects.exists()


def test_one_file_holds_one_currency() -> None:
    with pytest.raises(BadInput):
        file_of(bank_transfer(), bank_transfer(currency="EUR"))


def test_the_same_file_is_the_same_bytes_and_every_download_is_recorded() -> None:
    file = file_of(bank_transfer(), bank_transfer())
    for form in ("pain001", "csv"):
        first = download_bank_file(file_id=file.pk, form=form, actor_id=7)
        assert download_bank_file(file_id=file.pk, form=form, actor_id=8) == first
    taken = BankFileDownload.objects.values_list("form", "actor_id")
    assert sorted(taken) == [("csv", 7), ("csv", 8), ("pain001", 7), ("pain001", 8)]
    assert len(set(BankFileDownload.objects.values_list("digest", flat=True))) == 2


# -- ISO 20022 -----------------------------------------------------------------------------------------------------


def test_the_document_has_the_structure_of_pain_001_001_09() -> None:
    root = document(file_of(bank_transfer(), bank_transfer(iban="GB29NWBK60161331926819", number="", bank="", bic="")))
    assert root.tag == f"{{{NAMESPACE}}}Document"

    def names(path: str) -> list[str]:
        found = root.find(path, NS)
        assert found is not None, path
        return [child.tag.rpartition("}")[2] for child in found]

    assert names(".") == ["CstmrCdtTrfInitn"]
    assert names("p:CstmrCdtTrfInitn") == ["GrpHdr", "PmtInf"]
    assert names(".//p:GrpHdr") == ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"]
    assert names(".//p:PmtInf") == ["PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr",
                                    "DbtrAcct", "DbtrAgt", "ChrgBr", "CdtTrfTxInf", "CdtTrfTxInf"]  # fmt: skip
    assert names(".//p:CdtTrfTxInf") == ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"]
    without_bank = root.findall(".//p:CdtTrfTxInf", NS)
    assert any(line.find("p:CdtrAgt", NS) is None and line.find(".//p:IBAN", NS) is not None for line in without_bank)
    assert root.findtext(".//p:DbtrAcct/p:Id/p:IBAN", None, NS) == "DE89370400440532013000"
    assert root.findtext(".//p:ReqdExctnDt/p:Dt", None, NS) == "2026-11-23"


@pytest.mark.parametrize(
    ("currency", "minors", "total", "decimals"),
    [("KES", [71_300, 1, 99], "714.00", 2), ("JPY", [713, 1], "714", 0), ("KWD", [713, 10_001], "10.714", 3),
     ("UGX", [5_000], "5000", 0), ("USD", [10**11], "1000000000.00", 2)],
)  # fmt: skip
def test_counts_and_sums_are_exact(currency: str, minors: list[int], total: str, decimals: int) -> None:
    file = file_of(*(bank_transfer(minor, currency) for minor in minors))
    root = document(file)
    for part in ("GrpHdr", "PmtInf"):
        assert root.findtext(f".//p:{part}/p:NbOfTxs", None, NS) == str(len(minors))
        assert root.findtext(f".//p:{part}/p:CtrlSum", None, NS) == total
    amounts = root.findall(".//p:InstdAmt", NS)
    assert {found.get("Ccy") for found in amounts} == {currency}
    assert sum(Decimal(found.text or "") for found in amounts) == Decimal(total)
    assert all(
        re.fullmatch(rf"\d+(\.\d{{{decimals}}})?" if decimals else r"\d+", found.text or "") for found in amounts
    )


def test_every_transfer_bears_its_key() -> None:
    short, long = bank_transfer(key="payout-81-1"), bank_transfer(key="payout-" + "9" * 50)
    root = document(file_of(short, long))
    names = {element.text for element in root.iterfind(".//p:EndToEndId", NS)}
    assert names == {"payout-81-1", long.pk.hex}
    assert all(len(name or "") <= 35 for name in names)


@pytest.mark.parametrize(
    ("name", "written"),
    [("Zoë & Söhne <GmbH>", "Zoe + Sohne .GmbH."), ("  two   spaces ", "two spaces"), ("日本", ".."),
     ("x" * 300, "x" * 140), ("'; DROP TABLE", "', DROP TABLE")],
)  # fmt: skip
def test_names_keep_to_what_banks_take(name: str, written: str) -> None:
    root = document(file_of(bank_transfer(name=name)))
    assert root.findtext(".//p:Cdtr/p:Nm", None, NS) == written


def test_plain_text_is_never_empty() -> None:
    assert plain("   ", 10) == "."
    assert amount(Money(-5, "KES")) == "-0.05"


# -- CSV -----------------------------------------------------------------------------------------------------------


def test_the_csv_has_one_line_per_transfer_and_runs_no_formulas() -> None:
    file = file_of(bank_transfer(key="payout-1-1", name="=cmd|'/c calc'!A0"), bank_transfer(minor=50))
    content = download_bank_file(file_id=file.pk, form="csv", actor_id=7).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == file.lines
    assert sum(Decimal(row["amount"]) for row in rows) == file.total.decimal()
    by_key = {row["end_to_end_id"]: row for row in rows}
    assert by_key["payout-1-1"]["name"].startswith("'=")
    assert by_key["payout-1-1"]["number"] == BANK["number"]
    assert {row["file"] for row in rows} == {file.code}


# -- what the bank says --------------------------------------------------------------------------------------------


def test_a_csv_report_settles_line_by_line(told: DisbursementFacts) -> None:
    good, bad = bank_transfer(key="payout-1-1"), bank_transfer(key="payout-2-1")
    file = file_of(good, bad)
    report = "status,end_to_end_id,reason\nPaid,payout-1-1,\nrejected,payout-2-1,account closed\npaid,payout-9-9,\n"
    assert reported(file, report) == Imported(1, 1, ("payout-9-9",), ())
    assert reported(file, report) == Imported(1, 1, ("payout-9-9",), ()), "safe to repeat"
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status) == ("paid", "failed")
    assert "account closed" in bad.failure_text
    assert (told.about(good), told.about(bad)) == (["paid"], ["failed"])


def test_a_pain_002_status_report_is_read() -> None:
    good, bad, open_ = (bank_transfer(key=f"payout-{number}-1") for number in (1, 2, 3))
    file = file_of(good, bad, open_)
    lines = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>payout-{number}-1</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        for number, status in ((1, "ACSC"), (2, "RJCT"), (3, "PDNG"))
    )
    report = f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><R>{lines}</R></Document>'
    assert reported(file, report) == Imported(1, 1, (), ())
    states = [Disbursement.objects.get(pk=row.pk).status for row in (good, bad, open_)]
    assert states == ["paid", "failed", "sent"], "accepted so far is not paid"


def entry(key: str, side: str, status: str = "BOOK") -> str:
    return (f"<Ntry><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts><NtryDtls><TxDtls><Refs>"
            f"<EndToEndId>{key}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>")  # fmt: skip


def test_an_account_statement_settles_and_a_return_undoes(told: DisbursementFacts) -> None:
    sent, other = bank_transfer(key="payout-1-1"), bank_transfer(key="payout-2-1")
    file = file_of(sent, other)
    wrap = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><S>{}</S></Document>'
    both = entry("payout-1-1", "DBIT") + entry("payout-2-1", "DBIT", "PDNG")
    assert reported(file, wrap.format(both)) == Imported(1, 0, (), ())
    assert reported(file, wrap.format(entry("payout-1-1", "CRDT"))) == Imported(0, 1, (), ())
    sent.refresh_from_db()
    assert sent.status == "failed"
    assert told.about(sent) == ["paid", "failed"], "it came back, and whose it is hears of it"
    assert reported(file, wrap.format(both)) == Imported(0, 0, (), ("payout-1-1",))
    sent.refresh_from_db()
    assert sent.status == "failed", "an older report, read once more, pays nothing"
    assert told.about(other) == []


def test_a_report_read_again_does_not_undo_what_a_person_corrected(told: DisbursementFacts) -> None:
    line = bank_transfer(key="payout-1-1")
    file, report = file_of(line), "end_to_end_id,status\npayout-1-1,rejected\n"
    assert reported(file, report) == Imported(0, 1, (), ())
    settle_by_hand(disbursement_id=line.pk, paid=True, evidence="The bank sent it once more on Tuesday", actor_id=7)
    assert reported(file, report) == Imported(0, 0, (), ("payout-1-1",))
    line.refresh_from_db()
    assert line.status == "paid"
    assert told.about(line) == ["failed", "paid"]


@pytest.mark.parametrize(
    "report",
    ["", "hello", "end_to_end_id,status\n", "<a>", "<Document/>",
     '<!DOCTYPE x [<!ENTITY a "b">]><Document><TxInfAndSts/></Document>'],
)  # fmt: skip
def test_what_is_no_report_is_refused(report: str) -> None:
    with pytest.raises(Malformed):
        reported(file_of(bank_transfer()), report)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Malformed):
        import_bank_result(file_id=file_of(bank_transfer()).pk, content=b"\xff\xfe<\x00", actor_id=7)


# -- by hand -------------------------------------------------------------------------------------------------------


def test_a_person_settles_with_evidence_only(told: DisbursementFacts) -> None:
    row = bank_transfer()
    file_of(row)
    with pytest.raises(EvidenceMissing):
        settle_by_hand(disbursement_id=row.pk, paid=True, evidence=" ", actor_id=7)
    for _ in range(2):
        row = settle_by_hand(disbursement_id=row.pk, paid=True, evidence="Statement of 23 Nov, line 4", actor_id=7)
    assert row.status == "paid"
    assert told.about(row) == ["paid"]
    assert row.events.get(kind="by_hand").data["actor"] == 7


def test_what_was_never_in_a_file_cannot_be_called_paid() -> None:
    with pytest.raises(NotCancellable):
        settle_by_hand(disbursement_id=bank_transfer().pk, paid=True, evidence="I believe", actor_id=7)


# -- where to ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"number": ""}, {"number": "12"}, {"number": "1;2"}, {"bank": "", "bic": ""}, {"bic": "kcb"},
     {"iban": "GB29NWBK60161331926818"}, {"iban": "GB29 NWBK"}],
)  # fmt: skip
def test_a_destination_no_bank_could_find_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(DestinationInvalid):
        rail("bank_file").check(Money(100, "KES"), {**BANK, **wrong})
