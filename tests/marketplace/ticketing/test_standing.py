import datetime as dt

import pytest
import time_machine

from marketplace.events.models import Occurrence
from marketplace.ticketing import standing, words
from tests.factories.ticketing import START, a_date, a_seller, a_ticket, an_event

pytestmark = pytest.mark.django_db


def prepared(*, ticket_status="", date_status="", state=""):
    ticket = a_ticket()
    if ticket_status:
        ticket.move_to(ticket_status)
    if date_status:
        ticket.occurrence.move_to(date_status)
    ticket.occurrence.event.state = state or ticket.occurrence.event.state
    return ticket


@pytest.mark.parametrize(
    ("truths", "code"),
    [
        ({}, "valid"),
        ({"ticket_status": "void"}, "void"),
        ({"ticket_status": "used"}, "used"),
        ({"state": "cancelled"}, "cancelled"),
        ({"date_status": "cancelled"}, "cancelled"),
        ({"date_status": "postponed"}, "postponed"),
        ({"state": "postponed"}, "postponed"),
        ({"date_status": "moved"}, "moved"),
        ({"ticket_status": "void", "state": "cancelled"}, "void"),
        ({"ticket_status": "used", "date_status": "cancelled"}, "cancelled"),
    ],
)
def test_the_most_important_truth_is_told(truths, code):
    assert standing.standing_of(prepared(**truths)).code == code


def test_it_is_over_when_the_event_has_ended():
    ticket = a_ticket()
    with time_machine.travel(START + dt.timedelta(hours=3, minutes=59), tick=False):
        assert standing.standing_of(ticket).code == "valid"
    with time_machine.travel(START + dt.timedelta(hours=4), tick=False):
        assert standing.standing_of(ticket).code == "past"


@pytest.mark.parametrize("code", ["VOID", "CANCELLED"])
def test_a_ticket_to_nowhere_opens_no_door(code):
    assert not getattr(standing, code).opens_doors


def test_dates_are_said_on_the_events_own_clock():
    date = a_date(an_event(a_seller(), timezone="Africa/Lagos"))
    assert words.when(date) == "Friday 13 December 2030, 17:00"
    assert words.when_iso(date) == "2030-12-13T17:00+01:00"
    assert words.when_note(date) == "Doors at 15:00, ends 21:00, West Africa Standard Time"


def test_an_event_of_several_days_says_its_last_day():
    date = a_date(an_event(a_seller()), end=START + dt.timedelta(days=2), doors=None, note="bring a tent")
    assert words.when_note(date) == "Ends 15 December, 19:00, East Africa Time, bring a tent"


@pytest.mark.parametrize(
    ("attendance", "place", "note"),
    [
        ("in_person", "Dunga Hill Camp", "Dunga, Kisumu"),
        ("hybrid", "Dunga Hill Camp", "Dunga, Kisumu, or online"),
        ("online", "Online", ""),
    ],
)
def test_where_it_is(attendance, place, note):
    event = an_event(a_seller(), attendance=attendance)
    assert (words.where(event), words.where_note(event)) == (place, note)
    assert bool(words.map_url(event)) == (attendance != "online")


def test_every_status_of_a_date_has_been_thought_of():
    assert set(Occurrence.Status.values) == {"scheduled", "postponed", "moved", "cancelled"}
