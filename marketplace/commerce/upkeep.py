"""What runs by the clock. Nothing waits for it: stock that ran out counts as free before any sweeper comes by."""

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from marketplace.commerce import conf, stock
from marketplace.commerce.models import Cart, Claim, Order, StockPool
from marketplace.commerce.services.expire_order import expire_order
from marketplace.core import clock

logger = logging.getLogger(__name__)
BATCH = 500


def release_expired() -> int:
    """End unpaid orders past their time, and give back holds of carts that ran out. Returns how many orders ended."""
    ended = 0
    due = Order.objects.filter(status=Order.Status.PENDING, expires_at__lte=clock.now()).order_by("expires_at")
    for order_id in due.values_list("pk", flat=True)[:BATCH]:
        try:
            ended += expire_order(order_id=order_id).status == Order.Status.EXPIRED
        except Exception:  # one order in trouble must not keep the others waiting
            logger.exception("order %s could not be ended", order_id)
    over = Claim.objects.filter(status=Claim.Status.HELD, firm=False, expires_at__lte=clock.now())
    for pool_id in over.values_list("pool_id", flat=True).distinct()[:BATCH]:
        try:
            with transaction.atomic():
                stock.sweep([pool_id])
        except Exception:
            logger.exception("holds of pool %s could not be given back", pool_id)
    return ended


def forget_old_carts() -> int:
    """Delete carts untouched for long, and what is left of holds that were given back. Returns how many carts went."""
    before = clock.now() - dt.timedelta(days=conf.cart_keep_days())
    gone = 0
    for cart_id in Cart.objects.filter(updated_at__lt=before).values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            cart = Cart.objects.select_for_update(of=("self",)).filter(pk=cart_id, updated_at__lt=before).first()
            if cart is not None:
                stock.let_go(list(cart.lines.values_list("pk", flat=True)))
                cart.delete()
                gone += 1
    Claim.objects.filter(status=Claim.Status.RELEASED, order_line=None, expires_at__lt=before).delete()
    return gone


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A pool whose counters do not say what its claims say. Nothing is mended by itself: a person must know why."""

    pool_id: int
    held: int
    held_by_rows: int
    sold: int
    sold_by_rows: int


def recount_stock() -> list[Mismatch]:
    """Compare every pool's counters with its claims, in one statement, so that no sale falls between."""
    rows = StockPool.objects.annotate(
        held_rows=Coalesce(Sum("claims__quantity", filter=Q(claims__status=Claim.Status.HELD)), 0),
        sold_rows=Coalesce(Sum("claims__quantity", filter=Q(claims__status=Claim.Status.SOLD)), 0),
    ).values_list("pk", "held", "held_rows", "sold", "sold_rows")
    wrong = [Mismatch(*row) for row in rows.iterator() if row[1] != row[2] or row[3] != row[4]]
    for mismatch in wrong:
        logger.error("stock does not add up: %s", mismatch)
    return wrong
