"""The only writer of stock pools and claims. Pools are locked here and nowhere else, lowest primary key first.

Every change of a claim happens under its pool's lock. Holds that ran out are given back in passing, before anything is
checked: they count as free at once, whether or not a sweeper has run. Call everything inside a transaction.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from marketplace.commerce.errors import SoldOut
from marketplace.commerce.models import Claim, StockPool
from marketplace.core import clock

MOVED = ["order_line", "cart_line", "firm", "expires_at"]
HELD, SOLD, RELEASED = Claim.Status.HELD, Claim.Status.SOLD, Claim.Status.RELEASED


@dataclass(frozen=True, slots=True)
class Want:
    """A cart line means to hold so many, in every pool its offer draws on."""

    line_id: int
    offer_id: int
    pool_ids: tuple[int, ...]
    quantity: int


def hold(wants: Sequence[Want], *, until: dt.datetime, if_possible: Sequence[Want] = ()) -> list[int]:
    """Make each line hold exactly what it wants until `until`, all or none; raises `SoldOut` with `left`.

    `if_possible` names lines that are held if there is enough and left alone if not. Returns the lines now held.
    """
    pools = _lock({pool_id for want in (*wants, *if_possible) for pool_id in want.pool_ids})
    mine = _held_by([want.line_id for want in (*wants, *if_possible)])
    _check(wants, pools, mine)
    done = list(wants)
    changes = _Changes(pools, until)
    for want in wants:
        changes.apply(want, mine)
    for want in if_possible:
        if _missing(want, pools, mine) is None:
            changes.apply(want, mine)
            done.append(want)
    changes.save()
    return [want.line_id for want in done]


def let_go(line_ids: Collection[int]) -> None:
    """Give back what cart lines hold."""
    _release(Claim.objects.filter(cart_line__in=line_ids, status=HELD, firm=False).values_list("pool_id", "pk"))


def let_go_of_order(order_id: int) -> None:
    """Give back what an unpaid order holds. Only once no payment of it can succeed any more."""
    _release(Claim.objects.filter(order_line__order=order_id, status=HELD).values_list("pool_id", "pk"))


def commit_to_order(lines: Mapping[int, int], *, until: dt.datetime) -> None:
    """Move the holds of cart lines (keys) to order lines (values), where time alone does not release them.

    Call it after `hold()` in the same transaction: that locked the pools and made sure the holds are there.
    """
    claims = list(Claim.objects.filter(cart_line__in=list(lines), status=HELD))
    for claim in claims:
        claim.order_line_id = lines[claim.cart_line_id]  # type: ignore[index]
        claim.cart_line_id, claim.firm, claim.expires_at = None, True, until
    Claim.objects.bulk_update(claims, MOVED)


def sell(order_id: int) -> None:
    """What an order holds is sold. Its claims are firm, so they are there as long as nobody let them go."""
    claims = list(Claim.objects.filter(order_line__order=order_id, status=HELD))
    pools = _lock({claim.pool_id for claim in claims})
    for claim in claims:
        pools[claim.pool_id].held -= claim.quantity
        pools[claim.pool_id].sold += claim.quantity
    _save(pools)
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(status=SOLD)


def take_again(order_id: int) -> bool:
    """An ended order was paid after all: sell it what it had held, if there is enough of everything. All or nothing."""
    released = Claim.objects.filter(order_line__order=order_id, status=RELEASED)
    pools = _lock(set(released.values_list("pool_id", flat=True)))
    claims = list(released)
    wanted: dict[int, int] = {}
    for claim in claims:
        wanted[claim.pool_id] = wanted.get(claim.pool_id, 0) + claim.quantity
    if any(pools[pool_id].free < quantity for pool_id, quantity in wanted.items()):
        return False
    for pool_id, quantity in wanted.items():
        pools[pool_id].sold += quantity
    _save(pools)
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(status=SOLD)
    return True


def put_back(line_quantities: Mapping[int, int]) -> None:
    """Units of paid order lines (line -> how many) go back on sale."""
    found = Claim.objects.filter(order_line__in=list(line_quantities), status=SOLD)
    pools = _lock(set(found.values_list("pool_id", flat=True)))
    for claim in found:
        back = min(line_quantities[claim.order_line_id or 0], claim.quantity)
        pools[claim.pool_id].sold -= back
        if back == claim.quantity:
            claim.status = RELEASED
        else:
            claim.quantity -= back
        claim.save(update_fields=["status", "quantity"])
    _save(pools)


def sweep(pool_ids: Iterable[int]) -> None:
    """Give back the holds of these pools that ran out."""
    _lock(set(pool_ids))


def resize(pool_id: int, capacity: int) -> StockPool:
    """Set how many there are. Returns the locked pool, unchanged when `capacity` is less than sold and held."""
    pool = _lock({pool_id})[pool_id]
    if capacity >= pool.held + pool.sold:
        pool.capacity = capacity
    pool.save(update_fields=["capacity", "held"])
    return pool


class _Changes:
    """Claims and counters changed together, written at the end in a few statements."""

    def __init__(self, pools: dict[int, StockPool], until: dt.datetime) -> None:
        self.pools, self.until = pools, until
        self.new: list[Claim] = []
        self.changed: list[Claim] = []

    def apply(self, want: Want, mine: dict[tuple[int, int], Claim]) -> None:
        for pool_id in want.pool_ids:
            claim = mine.get((want.line_id, pool_id))
            self.pools[pool_id].held += want.quantity - (claim.quantity if claim else 0)
            if claim is None:
                claim = Claim(pool_id=pool_id, cart_line_id=want.line_id)
                self.new.append(claim)
            else:
                self.changed.append(claim)
            claim.quantity, claim.expires_at = want.quantity, self.until

    def save(self) -> None:
        _save(self.pools)
        Claim.objects.bulk_create(self.new)
        Claim.objects.bulk_update(self.changed, ["quantity", "expires_at"])


def _lock(pool_ids: Collection[int]) -> dict[int, StockPool]:
    """Lock pools and give back their holds that ran out."""
    if not pool_ids:
        return {}
    rows = StockPool.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=pool_ids).order_by("pk")
    pools = {pool.pk: pool for pool in rows}
    over = list(
        Claim.objects.filter(pool__in=pools, status=HELD, firm=False, expires_at__lte=clock.now()).values_list(
            "pk", "pool_id", "quantity"
        )
    )
    for _pk, pool_id, quantity in over:
        pools[pool_id].held -= quantity
    if over:
        Claim.objects.filter(pk__in=[pk for pk, _, _ in over]).update(status=RELEASED)
        _save(pools)
    return pools


def _held_by(line_ids: Collection[int]) -> dict[tuple[int, int], Claim]:
    rows = Claim.objects.filter(cart_line__in=line_ids, status=HELD)
    return {(claim.cart_line_id, claim.pool_id): claim for claim in rows if claim.cart_line_id is not None}


def _check(wants: Sequence[Want], pools: Mapping[int, StockPool], mine: Mapping[tuple[int, int], Claim]) -> None:
    """Is there enough for all wants together? Two lines of one cart may draw on the same pool."""
    asked: dict[int, int] = {}
    for want in wants:
        for pool_id in want.pool_ids:
            claim = mine.get((want.line_id, pool_id))
            own, pool = claim.quantity if claim else 0, pools[pool_id]
            free = max(pool.free - asked.get(pool_id, 0), 0)
            if want.quantity - own > free:
                back = pool.capacity - pool.sold >= want.quantity
                raise SoldOut(offer_id=want.offer_id, left=free + own, may_come_back=back)
            asked[pool_id] = asked.get(pool_id, 0) + want.quantity - own


def _missing(want: Want, pools: Mapping[int, StockPool], mine: Mapping[tuple[int, int], Claim]) -> SoldOut | None:
    try:
        _check([want], pools, mine)
    except SoldOut as refusal:
        return refusal
    return None


def _release(found: Iterable[tuple[int, int]]) -> None:
    """Give claims back, looked at again under the lock: one of them may have run out or been let go meanwhile."""
    pairs = list(found)
    pools = _lock({pool_id for pool_id, _ in pairs})
    claims = Claim.objects.filter(pk__in=[pk for _, pk in pairs], status=HELD)
    for pool_id, quantity in claims.values_list("pool_id").annotate(Sum("quantity")):
        pools[pool_id].held -= quantity
    _save(pools)
    claims.update(status=RELEASED)


def _save(pools: Mapping[int, StockPool]) -> None:
    StockPool.objects.bulk_update(pools.values(), ["held", "sold"])
