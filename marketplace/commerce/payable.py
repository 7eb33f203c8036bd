"""Orders as something that can be paid by typing their code on a phone."""

from marketplace.commerce.models import Order
from marketplace.payments.paybill import Payable, payable


@payable("order")
def order_payable(reference: str) -> Payable | None:
    """The order a code names. It waits for its total while its stock is held; later money is dealt with as late."""
    order = Order.objects.filter(code=reference).first()
    if order is None:
        return None
    return Payable(order.code, order.total, open=order.status == Order.Status.PENDING)
