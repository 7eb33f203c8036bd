"""How commerce delivers a ticket without knowing what one is."""

from collections.abc import Sequence
from itertools import groupby

from marketplace.commerce.fulfillment import Presented, Unit, fulfills
from marketplace.commerce.models import OrderLine
from marketplace.notifications.services import AttachmentRef
from marketplace.ticketing import services
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.presentation import card_of, public_address
from marketplace.ticketing.selectors import tickets_of_lines

FEW = 2
"""So many tickets of a line show their QR codes at once; more are a list to open one by one."""


@fulfills("ticket")
class TicketFulfiller:
    """One ticket per unit sold."""

    def deliver(self, line: OrderLine) -> None:
        services.issue_tickets(line=line)

    def withdraw(
        self, line: OrderLine, *, positions: Sequence[int] | None = None, reason: str = "withdrawn",
        actor_id: int | None = None,
    ) -> None:  # fmt: skip
        services.void_tickets(line=line, positions=positions, actor_id=actor_id, reason=reason)

    def suspend(self, line: OrderLine, *, reason: str) -> None:
        services.suspend_tickets(line=line, reason=reason)

    def resume(self, line: OrderLine, *, reason: str) -> None:
        services.resume_tickets(line=line, reason=reason)

    def units(self, line: OrderLine) -> list[Unit]:
        tickets = Ticket.objects.filter(order_line=line).order_by("position")
        return [_unit(ticket) for ticket in tickets]

    def present(self, lines: Sequence[OrderLine]) -> list[Presented]:
        """One query however many lines and tickets."""
        tickets = tickets_of_lines(line.pk for line in lines)
        return [_presented(line_id, list(group)) for line_id, group in groupby(tickets, lambda t: t.order_line_id)]


def _unit(ticket: Ticket) -> Unit:
    live, used = ticket.status != Ticket.Status.VOID, ticket.status == Ticket.Status.USED
    return Unit(ticket.position, f"{ticket.code} {ticket.attendee_name}".strip(), live, used)


def _presented(line_id: int, tickets: list[Ticket]) -> Presented:
    shown = [{**card_of(ticket), "public_url": public_address(ticket)} for ticket in tickets]
    if len(shown) > FEW:
        shown = [{**card, "qr": None} for card in shown]
    return Presented(
        line_id=line_id,
        template="pages/ticketing/tickets.html",
        text_template="pages/ticketing/tickets.txt",
        context={"tickets": shown, "first": shown[0]},
        attachments=[AttachmentRef("tickets_pdf", str(line_id)), AttachmentRef("event_ics", str(line_id))],
    )
