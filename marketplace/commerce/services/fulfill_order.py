from django.db import transaction

from marketplace.commerce.fulfillment import fulfiller
from marketplace.commerce.holding import is_held
from marketplace.commerce.models import Order, OrderLine
from marketplace.commerce.refunds.left import ended_positions, is_disputed
from marketplace.core import clock, outbox


def fulfill_order(*, order_code: str) -> Order:
    """Deliver what was bought, line by line, each in a transaction of its own; then say so.

    Idempotent and safe to kill at any point: called again, it goes on with the first line not delivered.
    """
    order = Order.objects.get(code=order_code)
    if order.status != Order.Status.PAID or is_held(order):
        return order
    for line_id in OrderLine.objects.filter(order=order, delivered_at=None).values_list("pk", flat=True):
        _deliver(line_id)
    return _finish(order.pk)


@transaction.atomic
def _deliver(line_id: int) -> None:
    line = OrderLine.objects.select_for_update(no_key=True, of=("self",)).select_related("order").get(pk=line_id)
    if line.delivered_at is None:
        fulfiller(line.kind).deliver(line)
        if line.refunded_quantity:
            gone = sorted(ended_positions(line))
            fulfiller(line.kind).withdraw(line, positions=gone, reason="refunded before it was delivered")
        if is_disputed(line.order_id):
            fulfiller(line.kind).suspend(line, reason="disputed before it was delivered")
        line.delivered_at = clock.now()
        line.save(update_fields=["delivered_at"])


@transaction.atomic
def _finish(order_id: int) -> Order:
    order = Order.locked(order_id)
    if order.status == Order.Status.PAID and not order.lines.filter(delivered_at=None).exists():
        order.fulfilled_at = clock.now()
        order.move_to(Order.Status.FULFILLED, also=("fulfilled_at",))
        outbox.publish("commerce.order_fulfilled", order_code=order.code)
    return order
