from collections.abc import Sequence

from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce.models import OrderLine
from marketplace.core import clock
from marketplace.ticketing.models import Ticket


def void_tickets(*, line: OrderLine, actor_id: int | None, reason: str, positions: Sequence[int] | None = None) -> int:
    """End tickets of a line, e.g. after a refund, all of them or some; repeating it changes nothing.

    Returns how many ended now.
    """
    with transaction.atomic():
        tickets = (
            Ticket.objects.select_for_update(no_key=True).filter(order_line=line).exclude(status=Ticket.Status.VOID)
        )
        if positions is not None:
            tickets = tickets.filter(position__in=list(positions))
        ended = 0
        for ticket in tickets.order_by("pk"):
            ticket.voided_at = clock.now()
            ticket.move_to(Ticket.Status.VOID, also=("voided_at",))
            record(action="ticket.voided", target=ticket, actor_id=actor_id, data={"reason": reason})
            ended += 1
        return ended
