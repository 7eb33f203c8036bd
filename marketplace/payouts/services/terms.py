import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q

from marketplace.payouts.models import Terms


@dataclass(frozen=True)
class AgreedTerms:
    """What holds for one seller and category on one day. Amounts are minor units by currency."""

    fee_basis_points: int | None = None
    """None: as set on the seller."""
    hold_days: int = 3
    minimum: Mapping[str, int] = field(default_factory=dict)
    schedule: str = Terms.Schedule.WEEKLY
    reserve_basis_points: int = 0
    reserve_days: int = 0
    payout_fee: Mapping[str, int] = field(default_factory=dict)


class Whose(NamedTuple):
    """Whose terms are asked for."""

    seller_id: int
    category: str


def terms_of(*, seller_id: int, category: str = "", day: dt.date) -> AgreedTerms:
    """The most specific terms in force on `day`: seller and category > seller > category > everyone."""
    return terms_of_many(wanted=[Whose(seller_id, category)], day=day)[Whose(seller_id, category)]


def terms_of_many(*, wanted: Iterable[Whose], day: dt.date) -> dict[Whose, AgreedTerms]:
    """The same for many, in one query."""
    asked = set(wanted)
    rows = list(
        Terms.objects.filter(
            Q(seller__in={one.seller_id for one in asked}) | Q(seller=None),
            category__in={one.category for one in asked} | {""},
            valid_from__lte=day,
        ).order_by()  # their own order asks for the sellers' names
    )
    return {one: _agreed([row for row in rows if _fits(row, one)]) for one in asked}


def _fits(row: Terms, one: Whose) -> bool:
    return row.seller_id in (None, one.seller_id) and row.category in ("", one.category)


def _agreed(rows: list[Terms]) -> AgreedTerms:
    if not rows:
        return AgreedTerms()
    row = max(rows, key=lambda row: (row.seller_id is not None, row.category != "", row.valid_from))
    return AgreedTerms(
        fee_basis_points=row.fee_basis_points,
        hold_days=row.hold_days,
        minimum=row.minimum,
        schedule=row.schedule,
        reserve_basis_points=row.reserve_basis_points,
        reserve_days=row.reserve_days,
        payout_fee=row.payout_fee,
    )
