from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce.models import OrderLine
from marketplace.core import clock
from marketplace.ticketing.models import Ticket


def void_tickets(*, line: OrderLine, actor_id: int | None, reason: str) -> int:
    """End every ticket of a line, e.g. after a refund; repeating it changes nothing. Returns how many ended now."""
    with transaction.atomic():
        tickets = Ticket.objects.select_for_update().filter(order_line=line).exclude(status=Ticket.Status.VOID)
        ended = 0
        for ticket in tickets.order_by("pk"):
            ticket.voided_at = clock.now()
            ticket.move_to(Ticket.Status.VOID, also=("voided_at",))
            record(action="ticket.voided", target=ticket, actor_id=actor_id, data={"reason": reason})
            ended += 1
        return ended
