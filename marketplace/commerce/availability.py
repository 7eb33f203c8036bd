"""Can it be bought now, for how much, and how many are left? Two queries for any number of offers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import F, FilteredRelation, Q, Sum
from django.db.models.functions import Coalesce

from marketplace.commerce.models import Claim, Offer, OfferPool
from marketplace.commerce.prices import Rates, rates_on, unit_of
from marketplace.core import clock
from marketplace.core.money import Money

State = Literal["on_sale", "not_yet", "ended", "sold_out", "all_held", "stopped"]


@dataclass(frozen=True, slots=True)
class Figures:
    """One pool as of now: holds that ran out count as free."""

    pool_id: int
    capacity: int
    held: int
    sold: int

    @property
    def left(self) -> int:
        return self.capacity - self.held - self.sold


@dataclass(frozen=True, slots=True)
class Availability:
    """`price` is all-in, as the buyer will pay it; for pay-what-you-want the floor."""

    state: State
    price: Money
    left: int | None
    """How many can be added now; None when it is not scarce."""
    held: int
    sold: int
    capacity: int | None
    """Of the offer's own (smallest) pool; None when it is not scarce."""
    min_quantity: int
    max_quantity: int
    """At most so many per order, and never more than are left."""

    @property
    def is_on_sale(self) -> bool:
        return self.state == "on_sale"


def availability(
    offers: Iterable[Offer], *, now: dt.datetime | None = None, rates: Rates | None = None
) -> dict[int, Availability]:
    """By offer id. Offers must be `select_related("seller")`. `rates` saves a query to whoever has them."""
    wanted = {offer.pk: offer for offer in offers}
    if not wanted:
        return {}
    now = now or clock.now()
    rates = rates_on() if rates is None else rates
    figures = pool_figures(wanted, now=now)
    return {pk: _of(offer, figures.get(pk, []), now, rates) for pk, offer in wanted.items()}


def pool_figures(offer_ids: Iterable[int], *, now: dt.datetime) -> dict[int, list[Figures]]:
    """The pools each offer draws on, in one query."""
    over = Q(pool__claims__status=Claim.Status.HELD, pool__claims__firm=False, pool__claims__expires_at__lte=now)
    rows = (
        OfferPool.objects.filter(offer__in=list(offer_ids))
        .alias(overdue=FilteredRelation("pool__claims", condition=over))
        .values("offer_id", "pool_id", capacity=F("pool__capacity"), held=F("pool__held"), sold=F("pool__sold"))
        .annotate(over=Coalesce(Sum("overdue__quantity"), 0))
    )
    found: dict[int, list[Figures]] = defaultdict(list)
    for row in rows:
        figures = Figures(row["pool_id"], row["capacity"], row["held"] - row["over"], row["sold"])
        found[row["offer_id"]].append(figures)
    return found


def _of(offer: Offer, pools: list[Figures], now: dt.datetime, rates: Rates) -> Availability:
    own = min(pools, key=lambda pool: pool.capacity, default=None)
    left = min((pool.left for pool in pools), default=None)
    most = offer.max_per_order if left is None else min(offer.max_per_order, left)
    return Availability(
        state=_state(offer, pools, now),
        price=Money(unit_of(offer, rates).all_in, offer.currency),
        left=left,
        held=own.held if own else 0,
        sold=own.sold if own else 0,
        capacity=own.capacity if own else None,
        min_quantity=offer.min_per_order,
        max_quantity=max(most, 0),
    )


def _state(offer: Offer, pools: list[Figures], now: dt.datetime) -> State:
    closed = sales_state(offer, now)
    if closed != "on_sale":
        return closed
    if any(pool.left < offer.min_per_order for pool in pools):
        gone = any(pool.capacity - pool.sold < offer.min_per_order for pool in pools)
        return "sold_out" if gone else "all_held"
    return "on_sale"


def sales_state(offer: Offer, now: dt.datetime) -> State:
    """On sale as far as its seller and its sales window go, stock aside."""
    if not offer.active:
        return "stopped"
    if offer.sales_start and now < offer.sales_start:
        return "not_yet"
    if offer.sales_end and now >= offer.sales_end:
        return "ended"
    return "on_sale"
