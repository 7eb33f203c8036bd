"""Files that go with the mail about an order. Made when the mail leaves, so they say what is true then."""

from django.utils import translation

from marketplace.notifications.services import Attachment, attaches
from marketplace.ticketing.ics import calendar_of
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.printing import tickets_pdf
from marketplace.ticketing.selectors import tickets_of_lines
from marketplace.ticketing.standing import standing_of


@attaches("tickets_pdf")
def make_pdf(line_id: str) -> Attachment | None:
    """Every ticket of the line that still opens a door, a page each; None when there is none left."""
    tickets = _live(line_id)
    if not tickets:
        return None
    with translation.override(_language(tickets)):
        content = tickets_pdf(tickets, size="a4")
    return Attachment(f"tickets-{tickets[0].order_line.order.code}-{line_id}.pdf", content, "application/pdf")


@attaches("event_ics")
def make_calendar(line_id: str) -> Attachment | None:
    tickets = _live(line_id)
    if not tickets:
        return None
    with translation.override(_language(tickets)):
        content = calendar_of(tickets[0])
    return Attachment(f"event-{tickets[0].order_line.order.code}-{line_id}.ics", content, "text/calendar")


def _live(line_id: str) -> list[Ticket]:
    return [ticket for ticket in tickets_of_lines([int(line_id)]) if standing_of(ticket).opens_doors]


def _language(tickets: list[Ticket]) -> str:
    return tickets[0].order_line.order.locale
