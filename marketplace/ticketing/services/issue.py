from django.db import transaction

from marketplace.commerce.models import OrderLine
from marketplace.events.models import TicketType
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.services.keys import current_key


def issue_tickets(*, line: OrderLine) -> list[Ticket]:
    """One ticket per unit of a paid order line, however often and by however many workers it is called.

    The unique (line, position) is the judge: a racing insert does nothing. Raises `RuntimeError` when fewer tickets
    than sold came to be, so that the fact is delivered again.
    """
    with transaction.atomic():
        have = set(Ticket.objects.filter(order_line=line).values_list("position", flat=True))
        missing = [position for position in range(1, line.quantity + 1) if position not in have]
        if missing:
            Ticket.objects.bulk_create(_make(line, missing), ignore_conflicts=True)
        tickets = list(Ticket.objects.filter(order_line=line).order_by("position"))
        if len(tickets) != line.quantity:
            raise RuntimeError(f"order line {line.pk}: {len(tickets)} tickets for {line.quantity} sold")
    return tickets


def _make(line: OrderLine, positions: list[int]) -> list[Ticket]:
    kind, key = ticket_type_of(line), current_key()
    buyer = getattr(line.order, "client", None)
    return [
        Ticket(
            order_line=line,
            position=position,
            ticket_type=kind,
            occurrence_id=kind.occurrence_id,
            signing_key=key,
            status=Ticket.Status.VALID,
            # The buyer is the first guest; the others are named on the ticket's page.
            attendee_name=buyer.name if buyer and position == 1 else "",
        )
        for position in positions
    ]


def ticket_type_of(line: OrderLine) -> TicketType:
    """The ticket type of what was sold, in the buyer's language when there is one. Raises `TicketType.DoesNotExist`."""
    kinds = list(TicketType.objects.filter(offer_id=line.offer_id).select_related("locale").order_by("pk"))
    if not kinds:
        raise TicketType.DoesNotExist(f"offer {line.offer_id} belongs to no ticket type")
    return next((kind for kind in kinds if kind.locale.language_code == line.order.locale), kinds[0])
