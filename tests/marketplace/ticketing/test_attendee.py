import datetime as dt

import pytest
import time_machine

from marketplace.ticketing import services
from marketplace.ticketing.errors import AttendeeInvalid, EventStarted, TicketNotValid
from marketplace.ticketing.models import Ticket
from tests.factories.ticketing import START, a_ticket

pytestmark = pytest.mark.django_db


def test_the_name_changes_and_the_code_stays():
    ticket = a_ticket()
    before = ticket.qr_text
    services.edit_attendee(ticket_id=ticket.pk, name="Zoë Njeri", email="zoe@example.com")
    ticket = Ticket.objects.get()
    assert (ticket.attendee_name, ticket.attendee_email) == ("Zoë Njeri", "zoe@example.com")
    assert ticket.qr_text == before


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Asha \n\t Otieno ", "Asha Otieno"),
        ("Asha\u202eotneitO", "AshaotneitO"),
        ("Asha\x00\x07", "Asha"),
        ("Zoe\u0308", "Zoë"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("<b>#emph[x]</b>", "<b>#emph[x]</b>"),
    ],
)
def test_names_are_kept_as_people_write_them_on_one_line(typed, kept):
    ticket = services.edit_attendee(ticket_id=a_ticket().pk, name=typed)
    assert ticket.attendee_name == kept


@pytest.mark.parametrize(
    ("fields", "bad"), [({"name": "x" * 121}, {"name"}), ({"name": "Asha", "email": "nobody"}, {"email"})]
)
def test_what_cannot_stand_on_a_ticket_is_refused_field_by_field(fields, bad):
    ticket = a_ticket()
    with pytest.raises(AttendeeInvalid) as caught:
        services.edit_attendee(ticket_id=ticket.pk, **fields)
    assert set(caught.value.details["errors"]) == bad
    assert Ticket.objects.get().attendee_name == ticket.attendee_name


def test_from_the_start_of_the_event_the_name_is_fixed():
    ticket = a_ticket()
    with time_machine.travel(START - dt.timedelta(seconds=1), tick=False):
        services.edit_attendee(ticket_id=ticket.pk, name="In time")
    with time_machine.travel(START, tick=False), pytest.raises(EventStarted):
        services.edit_attendee(ticket_id=ticket.pk, name="Too late")


@pytest.mark.parametrize("status", ["void", "used"])
def test_a_ticket_that_is_over_keeps_its_name(status):
    ticket = a_ticket()
    ticket.move_to(status)
    with pytest.raises(TicketNotValid):
        services.edit_attendee(ticket_id=ticket.pk, name="Someone else")
