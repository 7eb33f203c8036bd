from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce import stock
from marketplace.commerce.errors import CapacityBelowSold
from marketplace.commerce.models import StockPool
from marketplace.core.errors import BadInput
from marketplace.sellers.models import Seller

MOST = 10_000_000
"""More seats than any place on earth has; keeps sums far from the column's end."""


def create_pool(*, seller: Seller, name: str, capacity: int, actor_id: int | None) -> StockPool:
    """A scarce thing of a seller's, e.g. the standing room of one evening."""
    _check(capacity)
    with transaction.atomic():
        pool = StockPool.objects.create(seller=seller, name=name[:160], capacity=capacity)
        record(action="pool.created", target=pool, actor_id=actor_id, data={"name": pool.name, "capacity": capacity})
    return pool


def set_capacity(*, pool_id: int, capacity: int, actor_id: int | None) -> StockPool:
    """Change how many there are. Raises `CapacityBelowSold` with `taken` when fewer than are sold and held."""
    _check(capacity)
    with transaction.atomic():
        before = StockPool.objects.values_list("capacity", flat=True).get(pk=pool_id)
        pool = stock.resize(pool_id, capacity)
        if pool.capacity != capacity:
            raise CapacityBelowSold(taken=pool.held + pool.sold)
        if before != capacity:
            record(
                action="pool.capacity_changed",
                target=pool,
                actor_id=actor_id,
                data={"before": before, "after": capacity},
            )
    return pool


def _check(capacity: int) -> None:
    if not 0 <= capacity <= MOST:
        raise BadInput
