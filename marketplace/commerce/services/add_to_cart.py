from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.commerce import stock
from marketplace.commerce.carts import OpenCart, check_on_sale, check_quantity, check_size, hold_lines, open_cart
from marketplace.commerce.errors import AmountInvalid, CurrencyMixed, QuantityInvalid
from marketplace.commerce.models import Cart, CartLine, Offer
from marketplace.commerce.prices import Rates, rates_on, unit_of
from marketplace.commerce.pricing import step
from marketplace.core import clock
from marketplace.core.errors import BadInput, NotYours
from marketplace.core.money import Money, parse_money


@dataclass(frozen=True, slots=True)
class Wish:
    """So many of an offer. `amount`: as typed, what the buyer pays for one when the price is theirs to choose."""

    offer_id: int
    quantity: int
    amount: str = ""


def add_to_cart(
    *, token: str | None, wishes: Sequence[Wish], visitor: str = "", user_id: int | None = None, replace: bool = False
) -> Cart:
    """Add to the cart, hold the stock, and give the whole cart a fresh deadline; all of it or nothing.

    Returns the cart, a new one when `token` names none. `replace` empties it first. Raises `SoldOut`, `SalesClosed`,
    `LimitReached`, `CurrencyMixed`, `AmountInvalid`, `QuantityInvalid` and, for an unknown offer, `NotYours`.
    """
    if not wishes or any(wish.quantity < 1 for wish in wishes):
        raise QuantityInvalid
    with transaction.atomic():
        offers = _offers(wishes)
        opened = open_cart(token) or OpenCart(Cart(user_id=user_id), [])
        if replace and opened.lines:
            _clear(opened)
        _check_currency(opened, list(offers.values()))
        opened.cart.visitor = visitor or opened.cart.visitor
        if opened.cart.pk is None:
            opened.cart.save()
        rates = rates_on()
        must = {_put(opened, offers[wish.offer_id], wish, rates).pk for wish in wishes}
        check_size(opened)
        hold_lines(opened, must=must, prolong=True)
    return opened.cart


def _offers(wishes: Sequence[Wish]) -> dict[int, Offer]:
    rows = Offer.objects.select_related("seller").filter(pk__in={wish.offer_id for wish in wishes})
    found = {offer.pk: offer for offer in rows}
    if any(wish.offer_id not in found for wish in wishes):
        raise NotYours
    return found


def _check_currency(opened: OpenCart, offers: list[Offer]) -> None:
    cart = opened.cart
    if not opened.lines:
        cart.currency = offers[0].currency
    for offer in offers:
        if offer.currency != cart.currency:
            raise CurrencyMixed(cart=cart.currency, offer=offer.currency)


def _put(opened: OpenCart, offer: Offer, wish: Wish, rates: Rates) -> CartLine:
    line = opened.line_of(offer.pk)
    if line is None:
        line = CartLine(cart=opened.cart, offer=offer, quantity=0)
        opened.lines.append(line)
    line.quantity += wish.quantity
    check_on_sale(offer, clock.now())
    check_quantity(offer, line.quantity)
    line.chosen_minor = chosen_amount(offer, wish.amount)
    line.unit_minor = unit_of(offer, rates, base=line.base_minor).all_in
    line.save()
    return line


def chosen_amount(offer: Offer, typed: str) -> int | None:
    """What the buyer chose to pay for one; nothing typed means what was suggested, or the floor."""
    if offer.pricing != Offer.Pricing.PAY_WHAT_YOU_WANT:
        return None
    floor = Money(offer.price_minor, offer.currency)
    if not typed.strip():
        return offer.price_minor if offer.suggested_minor is None else offer.suggested_minor
    try:
        amount = parse_money(typed, offer.currency)
    except BadInput as error:
        raise AmountInvalid(str(error), offer_id=offer.pk, floor=str(floor)) from error
    if amount < floor or amount.minor < 0:
        text = _("The least you can pay for “%(name)s” is %(floor)s.") % {"name": offer.name, "floor": floor}
        raise AmountInvalid(text, offer_id=offer.pk, floor=str(floor))
    if amount.minor % step(offer.currency):
        raise AmountInvalid(_("Whole amounts only, please."), offer_id=offer.pk, floor=str(floor))
    return amount.minor


def _clear(opened: OpenCart) -> None:
    stock.let_go([line.pk for line in opened.lines])
    CartLine.objects.filter(cart=opened.cart).delete()
    opened.lines.clear()
    opened.cart.held_since = opened.cart.held_until = None
