"""A cart under its lock: what the cart's services share. Lock order: cart row, then stock pools."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from marketplace.commerce import conf, stock
from marketplace.commerce.availability import sales_state
from marketplace.commerce.errors import LimitReached, SalesClosed, SoldOut
from marketplace.commerce.models import Cart, CartLine, Offer, OfferPool, Order
from marketplace.commerce.stock import Want
from marketplace.core import clock


@dataclass
class OpenCart:
    """A locked cart with its lines, their offers and sellers."""

    cart: Cart
    lines: list[CartLine]

    def line(self, line_id: int) -> CartLine | None:
        return next((line for line in self.lines if line.pk == line_id), None)

    def line_of(self, offer_id: int) -> CartLine | None:
        return next((line for line in self.lines if line.offer_id == offer_id), None)


def open_cart(token: str | None) -> OpenCart | None:
    """Lock the cart a visitor holds the token of; None when there is none (any more)."""
    cart = Cart.objects.select_for_update(no_key=True, of=("self",)).filter(token=token).first() if token else None
    if cart is None:
        return None
    lines = list(CartLine.objects.filter(cart=cart).select_related("offer__seller"))
    for line in lines:
        line.cart = cart
    return OpenCart(cart, lines)


def hold_lines(opened: OpenCart, *, must: Collection[int], prolong: bool) -> None:
    """Hold the lines named in `must`, or raise `SoldOut`; the others are held too as far as there is enough.

    `prolong` gives the whole cart a fresh deadline, never later than `max_hold_seconds` after the hold began.
    """
    wants = _wants(opened.lines)
    now, cart = clock.now(), opened.cart
    cart.held_since, until = _hold_times(cart, now, prolong=prolong)
    cart.held_until = until
    try:
        stock.hold(
            [want for want in wants if want.line_id in must],
            until=until,
            if_possible=[want for want in wants if want.line_id not in must],
        )
    except SoldOut as refusal:
        raise named_sold_out(refusal, [line.offer for line in opened.lines]) from refusal
    cart.save()


def _hold_times(cart: Cart, now: dt.datetime, *, prolong: bool) -> tuple[dt.datetime, dt.datetime]:
    """When the cart's hold began and when it ends."""
    since, until = cart.held_since, cart.held_until
    if since is None or until is None or until <= now:
        return now, now + dt.timedelta(seconds=conf.hold_seconds())
    if not prolong:
        return since, until
    latest = since + dt.timedelta(seconds=conf.max_hold_seconds())
    return since, min(now + dt.timedelta(seconds=conf.hold_seconds()), latest)


def _wants(lines: list[CartLine]) -> list[Want]:
    pools = pools_of({line.offer_id for line in lines})
    return [Want(line.pk, line.offer_id, pools[line.offer_id], line.quantity) for line in lines]


def pools_of(offer_ids: Collection[int]) -> defaultdict[int, tuple[int, ...]]:
    """Which pools each offer draws on."""
    found: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    for offer_id, pool_id in OfferPool.objects.filter(offer__in=offer_ids).values_list("offer_id", "pool_id"):
        found[offer_id] += (pool_id,)
    return found


def check_on_sale(offer: Offer, now: dt.datetime) -> None:
    """Raise `SalesClosed` unless the offer can be bought now, stock aside."""
    state = sales_state(offer, now)
    if state == "not_yet":
        raise SalesClosed(_("“%(name)s” is not on sale yet.") % {"name": offer.name}, offer_id=offer.pk)
    if state == "ended":
        raise SalesClosed(_("Sales of “%(name)s” have ended.") % {"name": offer.name}, offer_id=offer.pk)
    if state != "on_sale":
        raise SalesClosed(_("“%(name)s” is not on sale any more.") % {"name": offer.name}, offer_id=offer.pk)


def check_quantity(offer: Offer, quantity: int) -> None:
    """Raise `LimitReached` unless one order may have so many."""
    if quantity > offer.max_per_order:
        text = _("You can buy at most %(limit)s of “%(name)s” in one order.")
        limit = offer.max_per_order
    elif quantity < offer.min_per_order:
        text = _("“%(name)s” is sold from %(limit)s on.")
        limit = offer.min_per_order
    else:
        return
    raise LimitReached(text % {"limit": limit, "name": offer.name}, offer_id=offer.pk, limit=limit)


def check_size(opened: OpenCart) -> None:
    """Keep one cart, and all carts of one visitor together, from holding what others want."""
    units = sum(line.quantity for line in opened.lines)
    if len(opened.lines) > conf.cart_max_lines() or units > conf.cart_max_units():
        text = _("A cart holds at most %(units)s things of %(lines)s kinds. Check out, then start another.")
        raise LimitReached(text % {"units": conf.cart_max_units(), "lines": conf.cart_max_lines()}, limit=units)
    if opened.cart.visitor and units + _held_elsewhere(opened.cart) > conf.visitor_max_units():
        text = _("Too much is being held from your network right now. Try again in a few minutes.")
        raise LimitReached(text, limit=conf.visitor_max_units())


def _held_elsewhere(cart: Cart) -> int:
    """What other carts and unpaid orders of the same visitor hold."""
    carts = Cart.objects.filter(visitor=cart.visitor, held_until__gt=clock.now()).exclude(pk=cart.pk)
    orders = Order.objects.filter(client__visitor=cart.visitor, status=Order.Status.PENDING)
    return sum(rows.aggregate(units=Sum("lines__quantity"))["units"] or 0 for rows in (carts, orders))


def named_sold_out(refusal: SoldOut, offers: Collection[Offer]) -> SoldOut:
    """Say it with the offer's name and what the buyer can still do."""
    offer = next(offer for offer in offers if offer.pk == refusal.details["offer_id"])
    left, back = refusal.details["left"], refusal.details["may_come_back"]
    if left:
        text = _("Only %(left)s of “%(name)s” are left.")
    elif back:
        text = _("The last of “%(name)s” are being paid for right now. Some may come back in a few minutes.")
    else:
        text = _("“%(name)s” is sold out.")
    return SoldOut(text % {"left": left, "name": offer.name}, **refusal.details)
