import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from tests.factories.ticketing import START, a_ticket, some_tickets

pytestmark = pytest.mark.django_db


def entry(client, ticket):
    response = client.get(f"/tickets/{ticket.token}/event.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_it_is_the_event_on_its_own_clock(client):
    ticket = a_ticket()
    _calendar, event = entry(client, ticket)
    assert event["SUMMARY"] == "Benga by the Lake"
    assert event["LOCATION"] == "Dunga Hill Camp, Dunga, Kisumu"
    assert event.decoded("DTSTART") == START
    assert event.decoded("DTEND") == START + dt.timedelta(hours=4)
    assert event["DTSTART"].params["TZID"] == "Africa/Nairobi"
    assert event["STATUS"] == "CONFIRMED"
    assert ticket.token in event["URL"]


@pytest.mark.parametrize("zone", ["Africa/Nairobi", "Europe/Berlin", "America/New_York"])
def test_it_brings_the_rules_of_its_zone(client, zone):
    calendar, event = entry(client, a_ticket(event={"timezone": zone}))
    (rules,) = calendar.walk("VTIMEZONE")
    assert rules["TZID"] == zone
    assert event.decoded("DTSTART").astimezone(ZoneInfo("UTC")) == START


def test_two_tickets_of_one_order_are_one_evening(client):
    first, second = (entry(client, ticket)[1]["UID"] for ticket in some_tickets(2))
    assert first == second
    assert entry(client, a_ticket())[1]["UID"] != first


def test_the_online_link_stays_on_the_page(client):
    ticket = a_ticket(event={"attendance": "online", "online_url": "https://meet.example.com/secret-room"})
    calendar, event = entry(client, ticket)
    assert event["LOCATION"] == "Online"
    assert b"secret-room" not in calendar.to_ical()


@pytest.mark.parametrize(("move", "status"), [("cancelled", "CANCELLED"), ("postponed", "TENTATIVE")])
def test_it_says_when_the_event_does_not_stand(client, move, status):
    ticket = a_ticket()
    ticket.occurrence.move_to(move)
    assert entry(client, ticket)[1]["STATUS"] == status
