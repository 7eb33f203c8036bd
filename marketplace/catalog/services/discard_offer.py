from collections.abc import Iterable

from django.db import transaction

from marketplace.audit.services import record
from marketplace.catalog.errors import HasSales
from marketplace.catalog.services.put_offer import own_pool
from marketplace.commerce.models import CartLine, Claim, Offer, OrderLine, StockPool


def was_ordered(offer_ids: Iterable[int]) -> bool:
    """Is any of these offers in an order, paid or not, or in a cart right now?"""
    ids = list(offer_ids)
    ordered = OrderLine.objects.filter(offer__in=ids).exists()
    return ordered or CartLine.objects.filter(offer__in=ids).exists()


def discard_offer(*, offer: Offer, whole_id: int | None = None, actor_id: int | None) -> None:
    """Delete an offer nobody ever took, and the pool that served it alone. The row that leads to it is deleted before.

    Raises `HasSales`. A buyer who is quicker makes the foreign key refuse, and the transaction with it.
    """
    with transaction.atomic():
        Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
        if was_ordered([offer.pk]):
            raise HasSales
        pool = own_pool(offer, whole_id=whole_id)
        record(action="offer.deleted", target=offer, actor_id=actor_id, data={"name": offer.name, "title": offer.title})
        offer.delete()
        if pool:
            discard_pool(pool)


def discard_pool(pool: StockPool) -> None:
    """Delete a pool that counts nothing any more; keep one that has a history or other users."""
    if not pool.offer_links.exists() and not Claim.objects.filter(pool=pool).exists():
        pool.delete()
