import datetime as dt
import re

import pytest
import time_machine

from marketplace.core.ids import token
from marketplace.ticketing import codes
from marketplace.ticketing.models import Ticket
from tests.factories.ticketing import START, a_picture, a_ticket, some_tickets
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def url(ticket: Ticket, rest: str = "") -> str:
    return f"/tickets/{ticket.token}/{rest}"


EVERY = ["", "ticket.pdf", "ticket.pdf?size=phone", "event.ics", "qr.svg", "qr.png"]


def test_the_page_says_what_when_where_and_for_whom(client):
    page = client.get(url(a_ticket())).content.decode()
    for words in (
        "Benga by the Lake", "Friday 13 December 2030, 19:00", "Doors at 17:00", "Dunga Hill Camp", "Standing",
        "Amina Odhiambo", "Ticket 1 of 1", "None after doors.", "Boda bodas know the way.",
    ):  # fmt: skip
        assert words in page


@pytest.mark.parametrize("rest", EVERY)
def test_nothing_about_it_may_be_indexed_or_kept_by_a_proxy(client, rest):
    response = client.get(url(a_ticket(), rest))
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "private" in response.headers["Cache-Control"]


@pytest.mark.parametrize("rest", [*EVERY, "attendee/"])
def test_a_guessed_link_opens_nothing_for_anybody(client, rest):
    ticket = a_ticket()
    for visitor in (None, make_user()):
        if visitor:
            client.force_login(visitor)
        for guess in (token(), ticket.code, str(ticket.pk), ticket.token[:-1], ticket.token + "A"):
            address = f"/tickets/{guess}/{rest}"
            response = client.post(address) if rest == "attendee/" else client.get(address)
            assert response.status_code == 404


def test_a_ticket_opens_no_other_ticket_of_the_same_order(client):
    mine, other = some_tickets(2)
    page = client.get(url(mine)).content.decode()
    assert other.token not in page
    assert other.code[:5] not in page


@pytest.mark.parametrize("size", ["", "A4", "letter", "a4%00", "../a4"])
def test_an_unknown_size_of_pdf_is_refused(client, size):
    assert client.get(url(a_ticket(), f"ticket.pdf?size={size}")).status_code == 400


@pytest.mark.parametrize(("attendance", "shown"), [("online", True), ("hybrid", True)])
def test_the_online_link_is_shown_here_while_the_ticket_is_valid(client, attendance, shown):
    ticket = a_ticket(event={"attendance": attendance, "online_url": "https://meet.example.com/secret-room"})
    assert "https://meet.example.com/secret-room" in client.get(url(ticket)).content.decode()
    ticket.move_to("void")
    assert "secret-room" not in client.get(url(ticket)).content.decode()


def test_a_void_ticket_says_so_and_has_no_code(client):
    ticket = a_ticket()
    ticket.move_to("void")
    page = client.get(url(ticket)).content.decode()
    assert "This ticket is not valid any more" in page
    assert "qr.svg" not in page
    assert "Save the name" not in page
    for rest in ("qr.svg", "qr.png", "ticket.pdf"):
        assert client.get(url(ticket, rest)).status_code == 409


def test_a_cancelled_event_says_so(client):
    ticket = a_ticket()
    ticket.occurrence.move_to("cancelled")
    page = client.get(url(ticket)).content.decode()
    assert "This event was cancelled" in page
    assert "qr.svg" not in page
    assert "STATUS:CANCELLED" in client.get(url(ticket, "event.ics")).content.decode()


def test_a_postponed_event_shows_no_date_one_could_mistake_for_the_new_one(client):
    ticket = a_ticket()
    ticket.occurrence.move_to("postponed")
    page = client.get(url(ticket)).content.decode()
    assert "New date to follow" in page
    assert "Was planned for Friday 13 December 2030, 19:00" in page
    assert "qr.svg" in page


def test_the_name_can_be_changed_without_javascript(client):
    ticket = a_ticket()
    page = client.post(url(ticket, "attendee/"), {"name": "Zoë <Njeri>", "email": ""}, follow=True)
    assert page.redirect_chain == [(url(ticket), 302)]
    assert "Zoë &lt;Njeri&gt;" in page.content.decode()
    assert Ticket.objects.get().attendee_name == "Zoë <Njeri>"


def test_what_cannot_stand_comes_back_as_typed(client):
    response = client.post(url(a_ticket(), "attendee/"), {"name": "Asha", "email": "not an address"})
    assert response.status_code == 400
    page = response.content.decode()
    assert 'value="not an address"' in page
    assert 'value="Asha"' in page
    assert "does not look like an e-mail address" in page


@pytest.mark.parametrize("fields", [{}, {"name": "x" * 5000}, {"name": "\x00", "email": "\x00"}, {"email": "a" * 300}])
def test_odd_input_is_never_a_crash(client, fields):
    assert client.post(url(a_ticket(), "attendee/"), fields).status_code in (302, 400)


def test_changing_the_name_is_refused_once_the_event_runs(client):
    ticket = a_ticket()
    with time_machine.travel(START + dt.timedelta(minutes=1), tick=False):
        assert "Save the name" not in client.get(url(ticket)).content.decode()
        assert client.post(url(ticket, "attendee/"), {"name": "Late"}).status_code == 409


@pytest.mark.usefixtures("still_clock")
def test_nobody_can_hammer_the_name(client):
    ticket = a_ticket()
    answers = [client.post(url(ticket, "attendee/"), {"name": f"n{i}"}).status_code for i in range(21)]
    assert answers == [302] * 20 + [429]


def test_without_a_token_of_the_form_nothing_is_changed():
    from django.test import Client

    ticket = a_ticket()
    assert Client(enforce_csrf_checks=True).post(url(ticket, "attendee/"), {"name": "x"}).status_code == 403


def test_reading_never_changes_and_writing_is_post_only(client):
    ticket = a_ticket()
    assert client.get(url(ticket, "attendee/")).status_code == 405
    assert client.post(url(ticket)).status_code == 405


def test_the_page_is_small_and_costs_few_queries(client, django_assert_max_num_queries):
    ticket = a_ticket(event={"poster": a_picture()})
    client.get(url(ticket))
    with django_assert_max_num_queries(8):
        response = client.get(url(ticket))
    assert len(response.content) < 40_000


def test_the_printed_code_is_the_number_in_the_qr_code(client):
    ticket = a_ticket()
    key = {ticket.signing_key.key_id: ticket.signing_key.public}
    assert codes.code_of(codes.verify(ticket.qr_text, key).ticket, length=10) == ticket.code
    assert re.search(rf"{ticket.code[:5]} {ticket.code[5:]}", client.get(url(ticket)).content.decode())
