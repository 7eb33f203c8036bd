from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce.models import OrderLine
from marketplace.ticketing.models import Ticket

Status = Ticket.Status


def suspend_tickets(*, line: OrderLine, reason: str) -> int:
    """Hold tickets back for now: they open no door until they are resumed. Used ones stay used. Returns how many."""
    return _move(line, Status.VALID, Status.SUSPENDED, "ticket.suspended", reason)


def resume_tickets(*, line: OrderLine, reason: str) -> int:
    """Suspended tickets are valid again. Returns how many."""
    return _move(line, Status.SUSPENDED, Status.VALID, "ticket.resumed", reason)


@transaction.atomic
def _move(line: OrderLine, before: str, after: str, action: str, reason: str) -> int:
    tickets = list(Ticket.objects.select_for_update(no_key=True).filter(order_line=line, status=before).order_by("pk"))
    for ticket in tickets:
        ticket.move_to(after)
        record(action=action, target=ticket, actor_id=None, data={"reason": reason})
    return len(tickets)
