"""Reading commerce. What other rooms may ask, with bounded numbers of queries."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from marketplace.commerce.availability import Availability, Figures, availability, pool_figures, sales_state
from marketplace.commerce.models import Order, OrderLine
from marketplace.core import clock

__all__ = [
    "Availability",
    "Figures",
    "availability",
    "coming_up",
    "orders_of_user",
    "pool_figures",
    "sales_of_seller",
    "sales_state",
]

LATELY = dt.timedelta(hours=12)
"""What began so long ago may still be going on."""


def orders_of_user(user: Any) -> QuerySet[Order]:
    """A member's orders, newest first, with their lines; given-up ones left out."""
    given_up = [Order.Status.EXPIRED, Order.Status.CANCELLED]
    return (
        Order.objects.filter(user=user.pk).exclude(status__in=given_up).order_by("-placed_at").prefetch_related("lines")
    )


def coming_up(user: Any, *, most: int = 20) -> list[OrderLine]:
    """What a member has bought that takes place soon, soonest first."""
    rows = OrderLine.objects.filter(
        order__user=user.pk, order__status=Order.Status.FULFILLED, service_date__gt=clock.now() - LATELY
    )
    return list(rows.select_related("order").order_by("service_date", "pk")[:most])


def sales_of_seller(seller_id: int) -> QuerySet[OrderLine]:
    """What a seller has sold, newest first, with orders; paid ones only."""
    paid = [Order.Status.PAID, Order.Status.FULFILLED]
    return OrderLine.objects.filter(seller=seller_id, order__status__in=paid).select_related("order").order_by("-pk")
