from django.db import transaction

from marketplace.commerce import stock
from marketplace.commerce.carts import check_on_sale, check_quantity, check_size, hold_lines, open_cart
from marketplace.commerce.errors import QuantityInvalid
from marketplace.commerce.models import Cart
from marketplace.core import clock
from marketplace.core.errors import NotYours


def change_line(*, token: str | None, line_id: int, quantity: int, visitor: str = "") -> Cart:
    """Set how many of a line the cart has; 0 removes it. Only having more prolongs the hold.

    Raises `NotYours` for a line that is not in this cart, `SoldOut` with `left`, `SalesClosed`, `LimitReached`.
    """
    if quantity < 0:
        raise QuantityInvalid
    with transaction.atomic():
        opened = open_cart(token)
        line = opened.line(line_id) if opened else None
        if opened is None or line is None:
            raise NotYours
        if quantity == 0:
            stock.let_go([line.pk])
            line.delete()
            return opened.cart
        more = quantity > line.quantity
        if more:
            check_on_sale(line.offer, clock.now())
        check_quantity(line.offer, quantity)
        line.quantity = quantity
        line.save(update_fields=["quantity"])
        opened.cart.visitor = visitor or opened.cart.visitor
        check_size(opened)
        hold_lines(opened, must={line.pk}, prolong=more)
    return opened.cart
