"""What commerce asks of this room, asked the way commerce asks it."""

import pypdfium2
import pytest
from django.template import Context
from django.template.loader import get_template, render_to_string
from icalendar import Calendar

from marketplace.commerce.fulfillment import fulfiller, present
from marketplace.commerce.models import OrderLine
from marketplace.core import clock
from marketplace.notifications.attachments import make
from marketplace.ticketing.models import Ticket
from tests.factories.ticketing import a_ticket_line

pytestmark = pytest.mark.django_db


def delivered(**fields) -> OrderLine:
    line = a_ticket_line(**fields)
    fulfiller("ticket").deliver(line)
    line.delivered_at = clock.now()
    line.save(update_fields=["delivered_at"])
    return line


def plain(part) -> str:
    return get_template(part.text_template).template.render(Context(dict(part.context), autoescape=False))


def test_delivering_twice_makes_nothing_new_and_withdrawing_ends_it():
    line = delivered(quantity=2)
    fulfiller("ticket").deliver(line)
    assert Ticket.objects.count() == 2
    fulfiller("ticket").withdraw(line)
    fulfiller("ticket").withdraw(line)
    assert set(Ticket.objects.values_list("status", flat=True)) == {"void"}


def test_the_order_page_shows_each_ticket_with_its_code():
    (part,) = present([delivered(quantity=2)])
    html = render_to_string(part.template, part.context)
    for ticket in Ticket.objects.all():
        assert f"/tickets/{ticket.token}/qr.svg" in html
        assert f"/tickets/{ticket.token}/ticket.pdf" in html


def test_many_tickets_are_a_list_without_many_codes():
    (part,) = present([delivered(quantity=5)])
    html = render_to_string(part.template, part.context)
    assert html.count('<article class="ticket') == 5
    assert "qr.svg" not in html


def test_the_mail_links_every_ticket_by_its_public_address():
    line = delivered(quantity=2, buyer="Tom & Jerry")
    OrderLine.objects.update(title="Rock & <Roll>")
    (part,) = present([OrderLine.objects.get(pk=line.pk)])
    html, text = render_to_string(part.mail_template, part.context), plain(part)
    for ticket in Ticket.objects.all():
        address = f"http://localhost:8000/tickets/{ticket.token}/"
        assert f'href="{address}"' in html
        assert address in text
    assert "Rock &amp; &lt;Roll&gt;" in html
    assert "Rock & <Roll>" in text
    assert "Tom & Jerry" in text
    assert "<style" not in html
    assert "class=" in html


def test_the_attached_pdf_holds_all_tickets_that_still_open_a_door():
    (part,) = present([delivered(quantity=3)])
    pdf, calendar = (make(ref) for ref in part.attachments)
    assert pdf.mime == "application/pdf"
    assert len(pypdfium2.PdfDocument(pdf.content)) == 3
    assert calendar.mime == "text/calendar"
    assert len(Calendar.from_ical(calendar.content).walk("VEVENT")) == 1
    Ticket.objects.filter(position=1).update(status="void")
    assert len(pypdfium2.PdfDocument(make(part.attachments[0]).content)) == 2
    Ticket.objects.update(status="void")
    assert [make(ref) for ref in part.attachments] == [None, None]


def test_the_attachment_speaks_the_buyers_language():
    line = delivered(locale="sw")
    content = make(present([line])[0].attachments[0]).content
    assert "Disemba" in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()


def test_presenting_costs_the_same_however_many(django_assert_num_queries):
    lines = [delivered(quantity=3), delivered(quantity=1), delivered(quantity=4)]
    with django_assert_num_queries(1):
        parts = present(lines)
    assert [part.line_id for part in parts] == [line.pk for line in lines]
