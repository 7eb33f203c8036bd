from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.commerce import conf, stock
from marketplace.commerce.cart_view import fingerprint
from marketplace.commerce.carts import OpenCart, check_on_sale, check_quantity, hold_lines, open_cart
from marketplace.commerce.commissions import Commissions
from marketplace.commerce.errors import CartChanged, CartEmpty, HoldExpired, PriceChanged, SoldOut
from marketplace.commerce.models import CartLine, Order, OrderClient, OrderLine, OrderTax
from marketplace.commerce.prices import quote_lines, rates_on
from marketplace.commerce.pricing import Line, Quote
from marketplace.commerce.services.settle_order import pay_nothing
from marketplace.core import clock
from marketplace.core.crypto import lookup_hash
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, as typed and checked. `phone` in E.164 or empty."""

    email: str
    name: str = ""
    phone: str = ""
    ip: str | None = None
    user_agent: str = ""


def email_hash(email: str) -> str:
    """By which orders are found: nobody reads addresses out of it."""
    return lookup_hash(email.strip().lower(), purpose="order-email")


@transaction.atomic(durable=True)
def place_order(
    *, token: str | None, seen: str, buyer: Buyer, terms: str, user_id: int | None = None, locale: str = "en"
) -> Order:
    """Turn a cart into an order that keeps its own copy of everything, and its holds into firm ones.

    A cart becomes one order: asked again, the same order is returned. `seen` is the fingerprint of what the buyer saw.
    Raises `CartEmpty`, `SalesClosed`, `LimitReached`, `PriceChanged`, `CartChanged`, `SoldOut` and `HoldExpired`;
    then nothing has changed. Payment comes after, outside this transaction; what is free is paid at once.
    """
    opened = open_cart(token)
    if opened is None or not opened.lines:
        placed = Order.objects.filter(cart_token=token).first() if token else None
        if placed is None:
            raise CartEmpty
        return placed
    quote = _check(opened, seen)
    _hold(opened)
    order = _write(opened, quote, terms=terms, user_id=user_id, locale=locale, email=buyer.email)
    OrderClient.objects.create(
        order=order,
        name=buyer.name,
        email=buyer.email,
        phone=buyer.phone,
        ip=buyer.ip,
        user_agent=buyer.user_agent[:300],
        visitor=opened.cart.visitor,
    )
    lines = _write_lines(order, opened.lines, quote)
    stock.commit_to_order(
        {row.pk: line.pk for row, line in zip(opened.lines, lines, strict=True)}, until=order.expires_at
    )
    opened.cart.delete()
    if not order.total:
        pay_nothing(order)
    return order


def _check(opened: OpenCart, seen: str) -> Quote:
    now = clock.now()
    for line in opened.lines:
        check_on_sale(line.offer, now)
        check_quantity(line.offer, line.quantity)
    quote = quote_lines(opened.lines, opened.cart.currency, rates_on())
    if fingerprint(quote) != seen:
        _refuse_change(quote, seen)
    return quote


def _refuse_change(quote: Quote, seen: str) -> None:
    old = seen.partition("-")[0]
    if not old.isdecimal() or int(old) == quote.total.minor:
        raise CartChanged
    was, now = str(Money(int(old), quote.currency)), str(quote.total)
    text = _("The total is now %(new)s. It was %(old)s when you opened this page.") % {"new": now, "old": was}
    raise PriceChanged(text, old=was, new=now)


def _hold(opened: OpenCart) -> None:
    """What ran out a moment ago is taken again if it is still there: nobody else wanted it."""
    until = opened.cart.held_until
    try:
        hold_lines(opened, must={line.pk for line in opened.lines}, prolong=False)
    except SoldOut as refusal:
        if until is not None and until <= clock.now():
            text = _("The time to pay has run out, and others were waiting. %(what)s") % {"what": refusal}
            raise HoldExpired(text, **refusal.details) from refusal
        raise


def _write(opened: OpenCart, quote: Quote, *, terms: str, user_id: int | None, locale: str, email: str) -> Order:
    return Order.objects.create(
        status=Order.Status.PENDING,
        user_id=user_id,
        cart_token=opened.cart.token,
        email_hash=email_hash(email),
        currency=quote.currency,
        subtotal_minor=quote.subtotal.minor,
        fee_minor=quote.fee.minor,
        tax_minor=quote.tax.minor,
        total_minor=quote.total.minor,
        locale=locale,
        terms=terms,
        expires_at=clock.in_seconds(conf.hold_seconds()),
    )


def _write_lines(order: Order, rows: list[CartLine], quote: Quote) -> list[OrderLine]:
    priced = {line.item.key: line for line in quote.lines}
    deal = Commissions.of(rows, order.currency)
    lines = OrderLine.objects.bulk_create(_line(order, row, priced[row.pk], deal) for row in rows)
    OrderTax.objects.bulk_create(
        tax for row, line in zip(rows, lines, strict=True) if (tax := _tax(line, priced[row.pk])) is not None
    )
    return lines


def _line(order: Order, row: CartLine, priced: Line, deal: Commissions) -> OrderLine:
    offer = row.offer
    fee, commission_tax = deal.taken(offer, priced)
    return OrderLine(
        order=order,
        offer=offer,
        seller=offer.seller,
        seller_name=offer.seller.name,
        kind=offer.kind,
        title=offer.title,
        name=offer.name,
        quantity=row.quantity,
        unit_minor=priced.unit.base,
        subtotal_minor=priced.subtotal,
        fee_minor=fee,
        fee_passed_on=priced.item.fee.passed_on,
        tax_minor=priced.tax,
        tax_added=priced.item.rate is not None and not priced.item.rate.included,
        total_minor=priced.total,
        service_date=offer.service_date,
        service_zone=offer.service_zone,
        place=offer.place,
        url=offer.url,
        category=offer.category,
        refund_policy=offer.refund_policy,
        refund_rule=offer.refund_rule,
        refund_days=offer.refund_days,
        refund_percent=offer.refund_percent,
        commission_tax_minor=commission_tax,
        commission_tax_country=offer.seller.country if commission_tax else "",
    )


def _tax(line: OrderLine, priced: Line) -> OrderTax | None:
    rate = priced.item.rate
    if rate is None:
        return None
    return OrderTax(
        line=line,
        name=rate.name,
        country=rate.country,
        basis_points=rate.basis_points,
        included=rate.included,
        base_minor=priced.tax_base,
        minor=priced.tax,
    )
