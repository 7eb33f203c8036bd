"""Which orders something called off concerns, and what of each is still there.

`but`: lines bought for this moment are left out: their buyers knew of the new date already.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from marketplace.commerce.models import Order, OrderLine
from marketplace.commerce.refunds.left import parts_left
from marketplace.commerce.services.refund_order import RefundWish, live_positions

PAID = (Order.Status.PAID, Order.Status.FULFILLED)
SOMETHING_LEFT = Q(refunded_quantity__lt=F("quantity")) | Q(refunded_minor__lt=F("total_minor"))


def sold_lines(offer_ids: Iterable[int]) -> QuerySet[OrderLine]:
    """Lines that were paid for, whatever became of them."""
    return OrderLine.objects.filter(offer__in=list(offer_ids), order__status__in=PAID)


def lines_left(offer_ids: Iterable[int], *, but: dt.datetime | None = None) -> QuerySet[OrderLine]:
    """Of these, the lines of which something seems to be left; what a bank took is found out one by one."""
    return _without(sold_lines(offer_ids).filter(SOMETHING_LEFT), but).order_by("order", "pk")


def _without(lines: QuerySet[OrderLine], moment: dt.datetime | None) -> QuerySet[OrderLine]:
    return lines.exclude(service_date=moment) if moment else lines


def wishes_for(order: Order, offer_ids: Iterable[int], *, but: dt.datetime | None = None) -> list[RefundWish]:
    """All that is left of these offers in the order, and nothing of its other lines. Call it under the order's lock."""
    rows = OrderLine.objects.filter(order=order, offer__in=list(offer_ids)).select_related("seller").order_by("pk")
    lines = list(_without(rows, but))
    left = parts_left(lines)
    wishes = [RefundWish(line.pk, tuple(live_positions(line)), left[line.pk].total) for line in lines]
    return [wish for wish in wishes if wish.positions or wish.amount_minor]
