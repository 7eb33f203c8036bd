import pypdfium2
import pytest
import typst
from django.utils import translation

from marketplace.ticketing import printing, services
from marketplace.ticketing.selectors import tickets_of_lines
from tests.factories.ticketing import a_picture, a_ticket, a_ticket_line

pytestmark = pytest.mark.django_db


def made(*, size="a4", quantity=1, buyer="Amina Odhiambo", **fields) -> bytes:
    line = a_ticket_line(quantity=quantity, buyer=buyer, **fields)
    services.issue_tickets(line=line)
    return printing.tickets_pdf(tickets_of_lines([line.pk]), size=size)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_a_page_a_ticket_on_a4():
    document = pypdfium2.PdfDocument(made(quantity=3))
    assert len(document) == 3
    assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [210, 297]


def test_the_phones_page_is_narrow_and_long():
    width, height = pypdfium2.PdfDocument(made(size="phone"))[0].get_size()
    assert round(width / 72 * 25.4) == 100
    assert height > 2 * width


def test_it_says_what_the_page_says():
    text = text_of(made())
    for words in ("Benga by the Lake", "Friday 13 December 2030, 19:00", "Dunga Hill Camp", "Amina Odhiambo"):
        assert words in text


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")', "#read(\"/etc/passwd\")", "$ x^2 $ *bold* _it_ `code` \\ <label> @ref = heading",
        "]]]}}}", '"\\"',
        "x" * 120, "محمد بن راشد", "አበበ ቢቂላ", "अमित शर्मा", "Nguyễn Thị Ánh", "Αλέξης Ζορμπάς", "Анна Каренина",
        "王小明", "👩\u200d🚀 Asha", "Zoë Ŋjeri-O’Connor",
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", printing.SIZES)
def test_any_name_prints_and_none_runs(name, size):
    document = pypdfium2.PdfDocument(made(size=size, buyer=name))
    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    if name.isascii():
        assert "".join(name.split()) in "".join(text.split()).replace("\u200b", "").replace("\ufffe", "")
    assert "root:" not in text


@pytest.mark.parametrize("length", [20, 60, 110, 200])
@pytest.mark.parametrize("size", printing.SIZES)
def test_long_titles_and_policies_stay_on_their_page(length, size):
    from marketplace.commerce.models import OrderLine

    line = a_ticket_line(event={"poster": a_picture()})
    OrderLine.objects.update(title=("Kisumu Poetry " * 20)[:length], refund_policy="No refunds at all. " * 200)
    services.issue_tickets(line=line)
    assert len(pypdfium2.PdfDocument(printing.tickets_pdf(tickets_of_lines([line.pk]), size=size))) == 1


def test_every_font_travels_in_the_file():
    pdf = made()
    assert pdf.count(b"/FontFile") >= 3
    assert b"SokoniPoster" in pdf


def test_it_is_accessible(monkeypatch):
    asked = []
    real = typst.compile

    def listen(*args, **kwargs):
        asked.append(kwargs["pdf_standards"])
        return real(*args, **kwargs)

    monkeypatch.setattr(typst, "compile", listen)
    pdf = made(buyer="Zoë Ŋjeri", event={"poster": a_picture()})
    assert asked == ["ua-1"], "the fallback was not needed"
    assert b"pdfuaid" in pdf
    assert b"/Lang" in pdf


def test_a_poster_whose_file_is_gone_is_left_out():
    picture = a_picture()
    picture.file.storage.delete(picture.file.name)
    assert "Benga by the Lake" in text_of(made(event={"poster": picture}))


def test_it_speaks_the_readers_language():
    ticket = a_ticket()
    tickets = tickets_of_lines([ticket.order_line_id])
    with translation.override("sw"):
        assert "13 Disemba 2030" in text_of(printing.tickets_pdf(tickets, size="a4"))
