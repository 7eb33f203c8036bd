"""How a seller's offers are doing, for the panels of the admin."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from marketplace.commerce.models import CartLine, Offer, OrderLine
from marketplace.commerce.models.order import OrderStatus
from marketplace.commerce.selectors import Availability, availability
from marketplace.core import clock


@dataclass(frozen=True)
class OfferFigures:
    """Of one offer alone, though it may share its stock: sold and held are its own, left is what can still be had."""

    sold: int
    held: int
    left: int | None
    state: Availability


def offer_figures(offers: Iterable[Offer], *, now: dt.datetime | None = None) -> dict[int, OfferFigures]:
    """By offer id; offers must be `select_related("seller")`. Three queries and commerce's two."""
    now, rows = now or clock.now(), list(offers)
    if not rows:
        return {}
    ids = [offer.pk for offer in rows]
    lines = OrderLine.objects.filter(offer__in=ids)
    sold = _count(lines.filter(order__status__in=[OrderStatus.PAID, OrderStatus.FULFILLED]))
    waiting = _count(lines.filter(order__status=OrderStatus.PENDING))
    in_carts = _count(CartLine.objects.filter(offer__in=ids, cart__held_until__gt=now))
    states = availability(rows, now=now)
    return {
        pk: OfferFigures(sold=sold[pk], held=waiting[pk] + in_carts[pk], left=states[pk].left, state=states[pk])
        for pk in ids
    }


def _count(lines: "QuerySet[Any]") -> Counter[int]:
    return Counter(dict(lines.values_list("offer_id").annotate(Sum("quantity"))))
