"""The event as a calendar entry (RFC 5545), in the event's own zone with the zone's rules beside it."""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vUri

from marketplace.core import clock
from marketplace.core.conf import site_url
from marketplace.ticketing import words
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.presentation import grouped, public_address
from marketplace.ticketing.standing import is_cancelled, is_postponed


def calendar_of(ticket: Ticket) -> bytes:
    """One entry per order and date: its UID never changes, so importing it again after a move updates the old one, and
    two tickets of one order are one evening."""
    calendar = Calendar()
    calendar.add("prodid", "-//Sokoni//Tickets//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_entry(ticket))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _entry(ticket: Ticket) -> Event:
    date, line = ticket.occurrence, ticket.order_line
    entry = Event()
    entry.add("uid", f"date-{date.pk}-{line.order.code.lower()}@{urlsplit(site_url()).hostname}")
    entry.add("dtstamp", clock.now())
    entry.add("summary", line.title)
    entry.add("dtstart", date.local(date.start))
    entry.add("dtend", date.local(date.end))
    place = ", ".join(part for part in (words.where(date.event), words.where_note(date.event)) if part)
    entry.add("location", place)
    ticket_words = _("%(type)s, ticket %(code)s") % {"type": line.name, "code": grouped(ticket.code)}
    entry.add("description", f"{ticket_words}\n{public_address(ticket)}")
    entry["url"] = vUri(public_address(ticket))
    entry.add("status", _status(ticket))
    return entry


def _status(ticket: Ticket) -> str:
    if is_cancelled(ticket.occurrence) or ticket.status == Ticket.Status.VOID:
        return "CANCELLED"
    return "TENTATIVE" if is_postponed(ticket.occurrence) else "CONFIRMED"
