"""A cart as its owner sees it: what is held, what it costs now, what changed since it was put there. Four queries."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db.models import Count, F, Q

from marketplace.commerce.availability import Availability, availability
from marketplace.commerce.models import Cart, CartLine, Claim
from marketplace.commerce.prices import quote_lines, rates_on
from marketplace.commerce.pricing import Line, Quote
from marketplace.core import clock
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class CartLineView:
    """One line. `held`: its stock is ours until the deadline (always so when it is not scarce)."""

    row: CartLine
    now: Availability
    priced: Line
    held: bool

    @property
    def unit(self) -> Money:
        return Money(self.priced.unit.all_in, self.row.offer.currency)

    @property
    def total(self) -> Money:
        return Money(self.priced.total, self.row.offer.currency)

    @property
    def seen(self) -> Money:
        """The price of one as it was when it was put into the cart."""
        return Money(self.row.unit_minor, self.row.offer.currency)

    @property
    def price_changed(self) -> bool:
        return self.seen != self.unit

    @property
    def closed(self) -> bool:
        """Its sales are over, or stopped, or have not begun; stock aside."""
        return self.now.state in {"stopped", "ended", "not_yet"}

    @property
    def most(self) -> int:
        """The most this line could have: what it holds itself is not counted against it."""
        own = self.row.quantity if self.held and self.now.left is not None else 0
        left = None if self.now.left is None else self.now.left + own
        return self.row.offer.max_per_order if left is None else min(self.row.offer.max_per_order, left)

    @property
    def gone(self) -> bool:
        """Not held, and no longer to be had in this quantity."""
        return not self.held and self.now.left is not None and self.now.left < self.row.quantity


@dataclass(frozen=True, slots=True)
class CartView:
    """`deadline` is when the hold ends; None when nothing is held any more."""

    cart: Cart | None
    lines: tuple[CartLineView, ...]
    quote: Quote
    deadline: dt.datetime | None

    @property
    def count(self) -> int:
        return sum(line.row.quantity for line in self.lines)

    @property
    def unheld(self) -> list[CartLineView]:
        return [line for line in self.lines if not line.held]

    @property
    def changed(self) -> list[CartLineView]:
        return [line for line in self.lines if line.price_changed]

    @property
    def blocked(self) -> list[CartLineView]:
        """Lines that must go before the rest can be bought."""
        return [line for line in self.lines if line.closed or line.gone]

    @property
    def can_check_out(self) -> bool:
        return bool(self.lines) and not self.blocked


def cart_view(token: str | None) -> CartView:
    """Look at the cart a visitor holds the token of. Locks nothing and writes nothing."""
    now = clock.now()
    rows = list(CartLine.objects.filter(cart__token=token).select_related("cart", "offer__seller")) if token else []
    if not rows:
        return CartView(None, (), Quote("", ()), None)
    cart = rows[0].cart
    rates = rates_on()
    states = availability([row.offer for row in rows], now=now, rates=rates)
    priced = quote_lines(rows, cart.currency, rates)
    by_line = {line.item.key: line for line in priced.lines}
    unheld = _unheld(rows, now)
    lines = tuple(CartLineView(row, states[row.offer_id], by_line[row.pk], row.pk not in unheld) for row in rows)
    running = cart.held_until if cart.held_until and cart.held_until > now else None
    return CartView(cart, lines, priced, running)


def _unheld(rows: list[CartLine], now: dt.datetime) -> set[int]:
    """Lines that do not hold all they want in every pool."""
    live = Q(claims__status=Claim.Status.HELD, claims__expires_at__gt=now, claims__quantity=F("quantity"))
    counted = (
        CartLine.objects.filter(pk__in=[row.pk for row in rows])
        .annotate(
            wanted=Count("offer__pool_links__pool", distinct=True),
            has=Count("claims__pool", filter=live, distinct=True),
        )
        .values_list("pk", "wanted", "has")
    )
    return {pk for pk, wanted, has in counted if has < wanted}


def fingerprint(quote: Quote) -> str:
    """Names exactly what is bought and for how much, so that nobody pays for something they did not see."""
    parts = [f"{line.item.key}*{line.item.quantity}@{line.unit.all_in}" for line in quote.lines]
    digest = hashlib.sha256("|".join([quote.currency, *parts]).encode()).hexdigest()[:16]
    return f"{quote.total.minor}-{digest}"


def summary(token: str) -> dict[str, object] | None:
    """What the header shows, in one query: how many things, and until when they are held."""
    rows = CartLine.objects.filter(cart__token=token).values_list("quantity", "cart__held_until")
    found = list(rows)
    if not found:
        return None
    deadline = found[0][1]
    count = sum(quantity for quantity, _ in found)
    return {"count": count, "deadline": deadline if deadline and deadline > clock.now() else None}
