from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.audit.services import record
from marketplace.commerce.errors import OfferInvalid
from marketplace.commerce.models import Offer, OfferPool, StockPool
from marketplace.commerce.pricing import step
from marketplace.core.money import CURRENCIES, MAX_MINOR

LOGGED = (
    "title", "name", "currency", "pricing", "price_minor", "suggested_minor", "tax_class", "sales_start", "sales_end",
    "min_per_order", "max_per_order", "hidden", "active", "service_date", "category",
    "refund_policy", "refund_rule", "refund_days", "refund_percent",
)  # fmt: skip


def save_offer(
    *, offer: Offer | None, actor_id: int | None, pools: Sequence[StockPool] | None = None, **fields: Any
) -> Offer:
    """Create an offer or change the given fields of one; `pools` replaces what it draws on, None leaves it.

    Carts and placed orders keep the price they were shown; a cart is told about the change before it pays. Writes
    `offer.created` or `offer.changed` with before and after to the activity log; saving nothing new logs nothing.
    Raises `OfferInvalid` with `errors`, a list of messages per field.
    """
    with transaction.atomic():
        old = Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk) if offer else None
        row = old or Offer()
        before = _state(row)
        for name, value in fields.items():
            setattr(row, name, value)
        _validate(row, pools)
        row.save()
        before_pools, after_pools = _set_pools(row, pools)
        _log(row, before if old else None, before_pools, after_pools, actor_id)
    return row


def _validate(offer: Offer, pools: Sequence[StockPool] | None) -> None:
    errors: dict[str, list[str]] = {}
    try:
        offer.full_clean(validate_constraints=False)
    except ValidationError as error:
        errors = error.message_dict
    for field, message in _problems(offer, pools or ()):
        errors.setdefault(field, []).append(message)
    if errors:
        raise OfferInvalid(errors=errors)


def _problems(offer: Offer, pools: Iterable[StockPool]) -> list[tuple[str, str]]:
    found = _price_problems(offer)
    if (offer.min_per_order or 0) < 1:
        found.append(("min_per_order", _("At least 1.")))
    if (offer.max_per_order or 0) < (offer.min_per_order or 0):
        found.append(("max_per_order", _("Not less than the minimum per order.")))
    if offer.sales_start and offer.sales_end and offer.sales_end <= offer.sales_start:
        found.append(("sales_end", _("Sales must end after they start.")))
    if any(pool.seller_id != offer.seller_id for pool in pools):
        found.append(("pools", _("That stock belongs to another seller.")))
    return found


def _price_problems(offer: Offer) -> list[tuple[str, str]]:
    if offer.currency not in CURRENCIES:
        return [("currency", _("We do not sell in this currency."))]
    found = []
    if offer.pricing == Offer.Pricing.FREE and offer.price_minor:
        found.append(("price_minor", _("What is free has no price.")))
    if offer.pricing == Offer.Pricing.FIXED and (offer.price_minor or 0) <= 0:
        found.append(("price_minor", _("Give a price above zero, or make it free.")))
    for field in ("price_minor", "suggested_minor"):
        found += [(field, message) for message in _amount_problems(getattr(offer, field), offer.currency)]
    if offer.suggested_minor is not None and offer.suggested_minor < (offer.price_minor or 0):
        found.append(("suggested_minor", _("Not less than the floor.")))
    return found


def _amount_problems(minor: int | None, currency: str) -> list[str]:
    if minor is None:
        return []
    if not 0 <= minor <= MAX_MINOR:
        return [_("That is not a price.")]
    if minor % step(currency):
        return [_("Whole shillings only.")]
    return []


def _set_pools(offer: Offer, pools: Sequence[StockPool] | None) -> tuple[list[int], list[int]]:
    """What it drew on before and draws on now. Holds and sales made so far stay with the pools they came from."""
    before = sorted(OfferPool.objects.filter(offer=offer).values_list("pool_id", flat=True))
    if pools is None:
        return before, before
    after = sorted({pool.pk for pool in pools})
    OfferPool.objects.filter(offer=offer).exclude(pool__in=after).delete()
    OfferPool.objects.bulk_create(OfferPool(offer=offer, pool_id=pk) for pk in after if pk not in before)
    return before, after


def _state(offer: Offer) -> dict[str, Any]:
    return {name: getattr(offer, name) for name in LOGGED}


def _log(
    offer: Offer, before: dict[str, Any] | None, old_pools: list[int], new_pools: list[int], actor_id: int | None
) -> None:
    after = {**_state(offer), "pools": new_pools}
    if before is None:
        record(action="offer.created", target=offer, actor_id=actor_id, data={"after": _plain(after)})
        return
    before = {**before, "pools": old_pools}
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        data = {"before": _plain({n: before[n] for n in changed}), "after": _plain({n: after[n] for n in changed})}
        record(action="offer.changed", target=offer, actor_id=actor_id, data=data)


def _plain(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in state.items()}
