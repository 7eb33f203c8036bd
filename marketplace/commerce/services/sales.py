from collections.abc import Iterable

from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce.models import Offer


def stop_sales(*, offer_ids: Iterable[int], actor_id: int | None) -> int:
    """Take offers off sale at once; carts that hold them are refused at checkout. Returns how many changed."""
    return _switch(offer_ids, active=False, actor_id=actor_id)


def resume_sales(*, offer_ids: Iterable[int], actor_id: int | None) -> int:
    """Put offers back on sale, within their sales windows. Returns how many changed."""
    return _switch(offer_ids, active=True, actor_id=actor_id)


def _switch(offer_ids: Iterable[int], *, active: bool, actor_id: int | None) -> int:
    with transaction.atomic():
        rows = (
            Offer.objects.select_for_update(no_key=True, of=("self",))
            .filter(pk__in=list(offer_ids))
            .exclude(active=active)
        )
        offers = list(rows.order_by("pk"))
        for offer in offers:
            offer.active = active
            offer.save(update_fields=["active", "updated_at"])
            record(
                action="offer.changed",
                target=offer,
                actor_id=actor_id,
                data={"before": {"active": not active}, "after": {"active": active}},
            )
    return len(offers)
