"""Statements and invoices: page, PDF and spreadsheet say the same, and that is what the books say, to the cent."""

import csv
import io
from decimal import Decimal

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.core.money import Money
from marketplace.ledger.accounts import Code
from marketplace.ledger.selectors import balance, balances_of
from marketplace.payouts.models import CommissionInvoice, Earning, LevyRate, Payout, PayoutItem, Terms
from marketplace.payouts.presentation.document import Document, spreadsheet
from marketplace.payouts.presentation.invoice import invoice_document
from marketplace.payouts.presentation.statement import statement
from tests.factories.payouts import heard, make_available, make_payable, make_payout, refund, sent
from tests.marketplace.payouts.pages import as_person_of, as_role, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout() -> Payout:
    """Two sales, one of them given back in part, tax withheld, a fee, and cents the rail cannot move: paid."""
    LevyRate.objects.create(kind="withholding", country="KE", basis_points=500, valid_from="2020-01-01")
    seller = make_payable(rail="mpesa_b2c")
    Terms.objects.create(seller=seller, payout_fee={"KES": 3_000}, valid_from="2020-01-01")
    first = make_available(seller, 123_456, fee=6_173, commission_tax=988, reference="ORDERA")
    refund(first, share=20_011, fee_minor=1_000, commission_tax_minor=160)
    return heard(sent(make_payout(seller, 250_000, fee=12_500, commission_tax=2_000, reference="=ORDERB")), "paid")


def url(payout: Payout, end: str = "") -> str:
    return f"/admin/money/{payout.seller_id}/payouts/{payout.code}/{end}"


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def words_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_a_statement_adds_up_to_what_the_books_say(payout):
    found = statement(payout)
    sums = dict(found.sums)
    lines = sum(row[-1].minor for row in found.rows)
    owner = f"seller:{payout.seller_id}"
    assert sums["Available"].minor == lines
    assert lines == payout.gross_minor + payout.carried_minor
    taken = sum(money.minor for label, money in found.sums if label not in sums or label.startswith(
        ("Tax withheld", "Payout fee", "Carried to")))  # fmt: skip
    assert sums["Paid out"].minor == lines + taken == payout.net_minor
    assert -balance(code=Code.SELLER_AVAILABLE, owner=owner, currency="KES") == payout.carried_minor
    assert -balance(code=Code.WITHHOLDING_PAYABLE, owner="tax:KE", currency="KES") == payout.withholding_minor > 0
    assert -balance(code=Code.RECHARGED_FEES, currency="KES") == payout.fee_minor == 3_000
    assert payout.carried_minor > 0
    assert balances_of(owner).get(("KES", Code.PAYOUT_IN_TRANSIT), 0) == 0


def test_the_groups_add_up_too(payout):
    sums = list(statement(payout).sums)
    total = next(i for i, (label, _money) in enumerate(sums) if label == "Available")
    assert sum(money.minor for _label, money in sums[:total]) == sums[total][1].minor
    assert sum(money.minor for _label, money in sums[total:-1]) == sums[-1][1].minor


def test_page_pdf_and_spreadsheet_say_the_same(payout):
    client = as_person_of(payout.seller)
    page = text(client.get(url(payout)))
    pdf = client.get(url(payout, "statement.pdf"))
    rows = rows_of(client.get(url(payout, "statement.csv")))
    assert pdf.headers["Content-Type"] == "application/pdf"
    said = words_of(pdf.content)
    for label, money in statement(payout).sums:
        assert label in page
        assert str(money).replace("\xa0", " ") in page.replace("\xa0", " ")
        assert str(money).replace("\xa0", " ") in said.replace("\xa0", " ")
        assert [label, "", "", str(money.decimal())] in rows
    assert payout.code in said
    assert "ORDERA" in said
    amounts = [Decimal(row[-1]) for row in rows[1 : 1 + payout.items.count()]]
    assert sum(amounts) == Money(payout.gross_minor + payout.carried_minor, "KES").decimal()


def test_an_invoice_bills_what_commission_is_ours_in_the_books(payout):
    invoice = CommissionInvoice.objects.get(payout=payout)
    found = invoice_document(invoice)
    kept = Earning.objects.filter(seller=payout.seller_id)
    assert sum(row[2].minor for row in found.rows) == invoice.fee_minor == sum(
        one.fee_minor - one.fee_returned_minor for one in kept
    )  # fmt: skip
    assert sum(row[3].minor for row in found.rows) == invoice.tax_minor
    assert dict(found.sums)["Total"].minor == invoice.total_minor == invoice.fee_minor + invoice.tax_minor
    client = as_person_of(payout.seller)
    assert invoice.number in text(client.get(url(payout, "invoice/")))
    said = words_of(client.get(url(payout, "invoice.pdf")).content)
    assert invoice.number in said
    assert str(Money(invoice.total_minor, "KES")).replace("\xa0", " ") in said.replace("\xa0", " ")
    rows = rows_of(client.get(url(payout, "invoice.csv")))
    assert ["Total", "", "", str(Money(invoice.total_minor, "KES").decimal())] in rows


def test_no_name_starts_a_formula(payout):
    cells = [cell for row in rows_of(as_role("Finance").get(url(payout, "statement.csv"))) for cell in row]
    assert "'=ORDERB" in cells
    assert "=ORDERB" not in cells
    assert any(cell.startswith("-") and Decimal(cell) for cell in cells), "amounts stay numbers"


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_whatever_a_spreadsheet_would_compute_is_made_text(name):
    document = Document("T", "1", [], ["What", "KES"], [[name, Money(-100, "KES")]], [("Sum", Money(-100, "KES"))])
    assert list(spreadsheet(document))[1] == [f"'{name}", Decimal("-1.00")]


def test_an_open_payout_has_a_statement_and_no_invoice():
    payout = make_payout()
    client = as_person_of(payout.seller)
    assert client.get(url(payout, "statement.pdf")).status_code == 200
    for end in ("invoice/", "invoice.pdf", "invoice.csv", "letter.pdf", "statement.exe"):
        assert client.get(url(payout, end)).status_code == 404, end


def test_files_are_kept_by_no_cache(payout):
    response = as_person_of(payout.seller).get(url(payout, "statement.pdf"))
    assert "no-store" in response.headers["Cache-Control"]
    assert (
        response.headers["Content-Disposition"] == f'attachment; filename="payout-statement-{payout.code.lower()}.pdf"'
    )


def lengthen(payout: Payout, count: int) -> None:
    """As many lines as a year's sales, without their books: for counting queries only."""
    PayoutItem.objects.bulk_create(
        PayoutItem(payout=payout, posting_id=f"00000000-0000-4000-8000-{n:012d}", at=payout.until, kind="release",
                   reference=f"O{n}", label=f"1 x Show {n}", minor=1)
        for n in range(count)
    )  # fmt: skip


def test_on_paper_a_very_long_one_is_by_the_day_and_adds_up_all_the_same(payout):
    lengthen(payout, 2_000)
    found = statement(payout, on_paper=True)
    assert len(found.rows) < 10
    assert sum(row[-1].minor for row in found.rows) == sum(row[-1].minor for row in statement(payout).rows)
    assert "by the day" in found.note


@pytest.mark.parametrize("end", ["", "statement.csv", "statement.pdf"])
def test_a_long_statement_costs_few_queries(payout, end):
    lengthen(payout, 10_000)
    client = as_person_of(payout.seller)
    client.get(url(payout, end))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url(payout, end)).status_code == 200
    assert len(queries) < 25
