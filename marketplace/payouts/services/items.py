"""What a payout pays: every movement on the seller's available account that no payout has paid yet."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import Code, of_seller
from marketplace.ledger.selectors import Movement
from marketplace.payouts.models import Earning, Payout, PayoutItem

CARRIED = "carried"


@dataclass(frozen=True)
class Covered:
    """Movements to be paid, with the sales they come from; what earlier payouts carried over; all in minor units."""

    movements: list[Movement]
    earnings: dict[int, Earning]
    opening: int

    @property
    def total(self) -> int:
        return self.opening + sum(movement.minor for movement in self.movements)

    @property
    def newly_released(self) -> list[Earning]:
        """Sales whose release is among the movements."""
        ids = {earning_id(m.key) for m in self.movements if m.kind == "release"}
        return [earning for pk, earning in self.earnings.items() if pk in ids]


def cover(*, seller_id: int, currency: str, balance: int, until: dt.datetime) -> Covered:
    """Under the lock of the available account, on which `balance` lies.

    In the seller's favor: what came before `until`. Against: everything, or more would be paid than is there. The
    opening is what the balance has beyond that: whatever earlier payouts left.
    """
    standing = PayoutItem.objects.filter(
        payout__seller=seller_id, payout__currency=currency, payout__status__in=Payout.STANDING
    )
    found = ledger.movements(
        owner=of_seller(Code.SELLER_AVAILABLE, seller_id).owner,
        currency=currency,
        codes=[Code.SELLER_AVAILABLE],
        without_kinds=["payout"],
        without=standing.values("posting_id"),
    )
    rows = [row for row in iter(found)]  # noqa: C416 (list() would ask for their number first)
    return Covered(
        movements=[row for row in rows if row.minor < 0 or row.at < until],
        earnings=_earnings(row.key for row in rows),
        opening=balance - sum(row.minor for row in rows),
    )


def write_items(payout: Payout, covered: Covered) -> None:
    """One row per movement; what was carried here comes first."""
    items = [_item(payout, movement, covered.earnings) for movement in covered.movements]
    if covered.opening:
        first = min([movement.at for movement in covered.movements], default=payout.until)
        items.insert(0, PayoutItem(payout=payout, posting_id=payout.token, at=first, kind=CARRIED,
                                   label=_("Carried over"), minor=covered.opening))  # fmt: skip
    PayoutItem.objects.bulk_create(items, batch_size=1_000)


def _item(payout: Payout, movement: Movement, earnings: dict[int, Earning]) -> PayoutItem:
    earning = earnings.get(earning_id(movement.key) or 0)
    return PayoutItem(
        payout=payout,
        posting_id=movement.posting_id,
        at=movement.at,
        kind=movement.kind,
        earning=earning,
        reference=movement.reference,
        label=earning.label if earning else movement.memo,
        minor=movement.minor,
    )


def earning_id(key: str) -> int | None:
    """The sale that an entry's key names: `earning:<id>:release`."""
    kind, _, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if kind == "earning" and number.isdigit() else None


def _earnings(keys: Iterable[str]) -> dict[int, Earning]:
    ids = sorted({pk for key in keys if (pk := earning_id(key))})
    found: dict[int, Earning] = {}
    for start in range(0, len(ids), 2_000):
        found |= Earning.objects.in_bulk(ids[start : start + 2_000])
    return found
