from django.db import transaction

from marketplace.commerce.carts import OpenCart, check_quantity, check_size, hold_lines, open_cart
from marketplace.commerce.models import Cart, CartLine
from marketplace.core.errors import Refusal


def join_cart(*, token: str | None, user_id: int) -> str | None:
    """At log-in the guest's cart becomes the member's, and takes in what the member had in a cart before.

    What does not fit (another currency, more than a cart may hold) stays in the older cart, which is left alone.
    Returns the token of the cart to go on with, None when there is none.
    """
    with transaction.atomic():
        older = Cart.objects.filter(user=user_id).exclude(token=token).order_by("-updated_at").first()
        tokens = list(filter(None, (token, older.token if older else None)))
        # Both rows are locked lowest primary key first, like everything that is locked in twos.
        list(Cart.objects.select_for_update(no_key=True, of=("self",)).filter(token__in=tokens).order_by("pk"))
        guest, member = open_cart(token), open_cart(older.token if older else None)
        if guest is None:
            return member.cart.token if member else None
        guest.cart.user_id = user_id
        guest.cart.save(update_fields=["user", "updated_at"])
        if member is not None:
            _take_in(guest, member)
        return guest.cart.token


def _take_in(guest: OpenCart, member: OpenCart) -> None:
    if guest.lines and member.lines and guest.cart.currency != member.cart.currency:
        return
    for line in list(member.lines):
        if guest.line_of(line.offer_id) is None and _fits(guest, line):
            CartLine.objects.filter(pk=line.pk).update(cart=guest.cart)
            member.lines.remove(line)
            line.cart = guest.cart
            guest.lines.append(line)
            guest.cart.currency = member.cart.currency
    hold_lines(guest, must=(), prolong=False)
    if not member.lines:
        member.cart.delete()


def _fits(guest: OpenCart, line: CartLine) -> bool:
    try:
        check_quantity(line.offer, line.quantity)
        check_size(OpenCart(guest.cart, [*guest.lines, line]))
    except Refusal:
        return False
    return True
