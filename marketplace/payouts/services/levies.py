"""What the law takes, read from dated rows. With no row, nothing is taken."""

import datetime as dt

from django.db.models import Q

from marketplace.payouts.models import LevyRate


def levy(*, kind: str, country: str, resident: bool, day: dt.date) -> int:
    """Basis points of a levy in force on `day`; 0 when there is none."""
    rows = LevyRate.objects.filter(kind=kind, country=country, resident=resident, valid_from__lte=day)
    row = rows.filter(Q(valid_to=None) | Q(valid_to__gte=day)).order_by("-valid_from").first()
    return row.basis_points if row else 0


def commission_tax_of(country: str, fee_minor: int, day: dt.date) -> int:
    """Tax on our own commission, in minor units, for a seller in `country`. It comes on top of the commission."""
    return of_rate(fee_minor, levy(kind=LevyRate.Kind.COMMISSION_TAX, country=country, resident=True, day=day))


def of_rate(minor: int, basis_points: int) -> int:
    """A rate's part of an amount, rounded half up, in whole minor units. Never negative."""
    return (max(minor, 0) * basis_points + 5_000) // 10_000
