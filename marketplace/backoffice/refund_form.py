"""Choosing what of an order is given back: units by tick, an amount by hand, and whether units go on sale again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from marketplace.commerce.fulfillment import fulfiller
from marketplace.commerce.models import Order, OrderLine
from marketplace.commerce.refunds.left import ended_positions, parts_left
from marketplace.commerce.services.refund_order import RefundWish
from marketplace.core.errors import BadInput
from marketplace.core.idempotency import body_hash
from marketplace.core.money import Money, parse_money


@dataclass(frozen=True)
class Choice:
    """One unit that may be chosen."""

    position: int
    label: str
    live: bool
    chosen: bool


@dataclass(frozen=True)
class Row:
    """One line as the page shows it, with what was typed."""

    line: OrderLine
    units: list[Choice]
    left: Money
    amount: str = ""
    restock: bool = True


@dataclass(frozen=True)
class Typed:
    """What was asked for. `seen` names exactly this, so that what is confirmed is what was shown."""

    wishes: list[RefundWish] = field(default_factory=list)
    reason: str = ""
    only_cancel: bool = False

    @property
    def seen(self) -> str:
        body = [[wish.line_id, list(wish.positions), wish.amount_minor, wish.restock] for wish in self.wishes]
        return body_hash([body, self.reason, self.only_cancel])


def rows(order: Order, lines: Sequence[OrderLine], post: Mapping[str, str] | None = None) -> list[Row]:
    """The lines one may choose from, with what of them is still there."""
    left = parts_left(lines)
    return [_row(order, line, left[line.pk].total, post) for line in lines]


def _row(order: Order, line: OrderLine, left: int, post: Mapping[str, str] | None) -> Row:
    chosen = _positions(line, post) if post is not None else []
    return Row(
        line=line,
        units=[Choice(position, label, live, position in chosen) for position, label, live in _units(line)],
        left=Money(left, order.currency),
        amount=(post or {}).get(f"amount-{line.pk}", ""),
        restock=post is None or f"restock-{line.pk}" in post,
    )


def _units(line: OrderLine) -> list[tuple[int, str, bool]]:
    if line.delivered_at is not None:
        return [(unit.position, unit.label, unit.live) for unit in fulfiller(line.kind).units(line)]
    gone = ended_positions(line)
    words = _("Unit %(number)d, not delivered yet")
    return [(number, words % {"number": number}, number not in gone) for number in range(1, line.quantity + 1)]


def read(order: Order, lines: Sequence[OrderLine], post: QueryDict, *, amounts: bool) -> Typed:
    """What was chosen. Raises `BadInput` when it makes no sense. `amounts`: may they be typed by hand?"""
    only_cancel = amounts and post.get("money") == "none"
    wishes = []
    for line in lines:
        positions, typed = _positions(line, post), post.get(f"amount-{line.pk}", "").strip()
        amount = _amount(typed, order.currency) if amounts and typed and not only_cancel else None
        if positions or amount:
            wishes.append(RefundWish(line.pk, tuple(positions), amount, f"restock-{line.pk}" in post))
    reason = post.get("reason", "").strip()[:200]
    if not wishes:
        raise BadInput(_("Choose at least one unit, or type an amount."))
    if not reason:
        raise BadInput(_("Say why: the buyer and the seller read it."))
    return Typed(wishes, reason, only_cancel)


def _positions(line: OrderLine, post: Mapping[str, str]) -> list[int]:
    listed = post.getlist(f"unit-{line.pk}") if isinstance(post, QueryDict) else []
    return sorted({int(one) for one in listed if one.isdecimal() and len(one) < 6})


def _amount(text: str, currency: str) -> int:
    try:
        found = parse_money(text, currency)
    except ValueError as error:
        raise BadInput(_("%(text)s is no amount.") % {"text": text[:20]}) from error
    if found.minor <= 0:
        raise BadInput(_("An amount is more than nothing."))
    return found.minor
