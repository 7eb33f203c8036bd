"""What must be true of tickets. See `ledger.checks`."""

from django.db.models import Count, F, Q

from marketplace.commerce.models import Order, OrderLine
from marketplace.ledger.checks import Finding, Findings, check
from marketplace.ticketing.models import Ticket

PAID = (Order.Status.PAID, Order.Status.FULFILLED)
LIVE = ~Q(tickets__status=Ticket.Status.VOID)


@check("no ticket opens a door without money behind it")
def tickets_are_paid() -> Findings:
    """Live tickets are of paid orders, and no more of a line than were bought and not given back."""
    rows = OrderLine.objects.filter(kind="ticket").annotate(live=Count("tickets", filter=LIVE))
    wrong = rows.filter(live__gt=0).exclude(
        Q(order__status__in=PAID) & Q(live__lte=F("quantity") - F("refunded_quantity"))
    )
    for line in wrong.select_related("order").order_by("pk"):
        text = (
            f"line {line.pk}: {line.live} of {line.quantity} live, {line.refunded_quantity} ended, {line.order.status}"
        )
        yield Finding(f"order {line.order.code}", text)
    return Ticket.objects.count()
