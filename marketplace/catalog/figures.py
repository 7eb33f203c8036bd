"""How a seller's offers are doing, for the panels of the admin."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from marketplace.commerce.models import CartLine, Offer, OrderLine
from marketplace.commerce.models.order import OrderStatus
from marketplace.commerce.selectors import Availability, availability
from marketplace.core import clock


@dataclass(frozen=True)
class OfferFigures:
    """Of one offer alone, though it may share its stock: sold and held are its own, left is what can still be had."""

    sold: int
    """What buyers have: without what was refunded."""
    held: int
    ordered: bool
    """Some order is about it, whatever became of that order."""
    left: int | None
    state: Availability

    @property
    def untouched(self) -> bool:
        """Nobody has it, or is about to: it may be deleted."""
        return not self.ordered and not self.held


def offer_figures(offers: Iterable[Offer], *, now: dt.datetime | None = None) -> dict[int, OfferFigures]:
    """By offer id; offers must be `select_related("seller")`. Two queries and commerce's two."""
    now, rows = now or clock.now(), list(offers)
    if not rows:
        return {}
    ids = [offer.pk for offer in rows]
    bought = Q(order__status__in=[OrderStatus.PAID, OrderStatus.FULFILLED])
    lines = OrderLine.objects.filter(offer__in=ids).order_by().values("offer_id")
    sums = lines.annotate(
        sold=Sum(F("quantity") - F("refunded_quantity"), filter=bought, default=0),
        waiting=Sum("quantity", filter=Q(order__status=OrderStatus.PENDING), default=0),
        number=Count("pk"),
    )
    orders = {row["offer_id"]: row for row in sums}
    held = CartLine.objects.filter(offer__in=ids, cart__held_until__gt=now).order_by().values_list("offer_id")
    carts = dict(held.annotate(Sum("quantity")))
    states = availability(rows, now=now)
    nothing = {"sold": 0, "waiting": 0, "number": 0}
    found = {pk: orders.get(pk, nothing) for pk in ids}
    return {
        pk: OfferFigures(
            sold=row["sold"], held=row["waiting"] + carts.get(pk, 0), ordered=bool(row["number"]),
            left=states[pk].left, state=states[pk],
        )
        for pk, row in found.items()
    }  # fmt: skip
