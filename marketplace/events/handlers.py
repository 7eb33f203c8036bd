"""What events do about the news. Every handler may be called more than once."""

from django.db import transaction

from marketplace.commerce.models import OrderLine
from marketplace.core.outbox import on
from marketplace.events.models import Occurrence
from marketplace.events.services.called_off import hold_for, is_off


@on("commerce.order_paid")
def paid_too_late(*, order_code: str) -> None:
    """Paid, but the date was called off meanwhile: the money waits, and so does the buyer."""
    offers = list(OrderLine.objects.filter(order__code=order_code).values_list("offer_id", flat=True))
    found = Occurrence.objects.filter(ticket_types__offer__in=offers)
    off = {date.pk for date in found.select_related("event") if is_off(date)}
    for pk in sorted(off):
        with transaction.atomic():
            date = Occurrence.locked(pk)
            if is_off(date):
                hold_for(date)
