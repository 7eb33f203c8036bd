from typing import Any

from django.db import transaction

from marketplace.catalog.terms import Stock, Terms
from marketplace.commerce.models import Offer, StockPool
from marketplace.commerce.services import create_pool, save_offer, set_capacity
from marketplace.sellers.models import Seller


def put_offer(
    *,
    offer: Offer | None,
    seller: Seller,
    terms: Terms,
    stock: Stock | None,
    pool_name: str,
    whole_id: int | None = None,
    actor_id: int | None,
    **fields: Any,
) -> Offer:
    """Create or change an offer together with the pool that counts it. Through commerce, which writes the log.

    `stock=None` leaves the stock as it is. `whole_id` names the venue's pool, so that it is not taken for the offer's
    own. Raises `OfferInvalid` and `CapacityBelowSold`; then nothing has changed.
    """
    with transaction.atomic():
        pools = None
        if stock is not None:
            own = stock.shared or _alone(offer, whole_id)
            pools = _pools(stock, own, seller=seller, name=pool_name, actor_id=actor_id)
        return save_offer(offer=offer, actor_id=actor_id, pools=pools, **{"seller": seller, **terms.fields(), **fields})


def own_pool(offer: Offer | None, *, whole_id: int | None) -> StockPool | None:
    """The pool an offer draws on besides the venue's; it may share it with others."""
    if offer is None:
        return None
    pools = StockPool.objects.filter(offer_links__offer=offer).order_by("pk")
    return (pools.exclude(pk=whole_id) if whole_id is not None else pools).first()


def _alone(offer: Offer | None, whole_id: int | None) -> StockPool | None:
    """Its pool, if it is nobody else's: a number of its own must not change another's."""
    pool = own_pool(offer, whole_id=whole_id)
    return pool if pool and pool.offer_links.count() == 1 else None


def _pools(stock: Stock, own: StockPool | None, *, seller: Seller, name: str, actor_id: int | None) -> list[StockPool]:
    found = [stock.whole] if stock.whole else []
    if stock.capacity is None:
        return [*found, stock.shared] if stock.shared else found
    if own is None:
        return [*found, create_pool(seller=seller, name=name, capacity=stock.capacity, actor_id=actor_id)]
    if own.capacity != stock.capacity:
        own = set_capacity(pool_id=own.pk, capacity=stock.capacity, actor_id=actor_id)
    return [*found, own]
