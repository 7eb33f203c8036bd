from django.db import transaction

from marketplace.commerce.carts import hold_lines, open_cart
from marketplace.commerce.errors import CartEmpty
from marketplace.commerce.models import Cart


def hold_again(*, token: str | None) -> Cart:
    """After a hold ran out: take again what is still there. A running hold stays as it is.

    Lines that cannot be held stay in the cart, and the cart's page says so. Raises `CartEmpty`.
    """
    with transaction.atomic():
        opened = open_cart(token)
        if opened is None or not opened.lines:
            raise CartEmpty
        hold_lines(opened, must=(), prolong=False)
    return opened.cart
