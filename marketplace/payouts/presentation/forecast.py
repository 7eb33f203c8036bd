"""When pending money becomes available, and why then: "KES 12,400 on Friday, 3 days after the event"."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, Min, Sum, When
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payouts.models import Earning

Words = str | Promise
NEXT = 6
"""Dates shown; the rest is in the list of movements."""


@dataclass(frozen=True)
class Expected:
    amount: Money
    when: str
    iso: str
    why: str


@dataclass(frozen=True)
class Stopped:
    """Money that waits for something other than time."""

    amount: Money
    why: str


@dataclass
class Forecast:
    """Of one currency."""

    expected: list[Expected] = field(default_factory=list)
    stopped: list[Stopped] = field(default_factory=list)


def forecasts(seller_id: int) -> dict[str, Forecast]:
    """By currency: the next dates on which pending shares become available, and reserves; what is stopped.

    Two queries, however many sales and currencies.
    """
    found: dict[str, Forecast] = defaultdict(Forecast)
    for row in _by_day(seller_id):
        into = found[row["currency"]]
        if row["held_reason"]:
            into.stopped.append(Stopped(Money(row["minor"], row["currency"]), row["held_reason"]))
        elif len(into.expected) < NEXT:
            into.expected.append(_pending(row, row["currency"]))
    for row in _reserves(seller_id):
        found[row["currency"]].expected.append(_reserve(row, row["currency"]))
    return dict(found)


LEFT = Sum(F("share_minor") - F("returned_minor") - F("disputed_minor"))


def _by_day(seller_id: int) -> list[dict[str, Any]]:
    rows = Earning.objects.filter(seller=seller_id, status=Earning.Status.PENDING, disputed_minor=0)
    rows = rows.annotate(
        day=Case(When(held_reason="", then=TruncDate("release_at"))),
        served=Case(When(held_reason="", then=TruncDate("service_date"))),
        hold=Case(When(held_reason="", then=F("hold_days"))),
    )
    sums: Any = rows.values("currency", "held_reason", "day", "served", "hold")
    sums = sums.annotate(minor=LEFT, sales=Count("pk"), label=Min("label")).order_by("day", "served")
    return [row for row in sums if row["minor"]]


def _pending(row: dict[str, Any], currency: str) -> Expected:
    return Expected(Money(row["minor"], currency), _day(row["day"]), row["day"].isoformat(), _why(row))


def _why(row: dict[str, Any]) -> str:
    held, days = row["hold"], {"days": row["hold"], "date": _short(row["served"])}
    if row["served"]:
        why = ngettext("%(days)d day after the date, %(date)s", "%(days)d days after the date, %(date)s", held) % days
    else:
        why = ngettext("%(days)d day after the sale", "%(days)d days after the sale", held) % days
    return f"{_what(row)}, {why}" if held else _what(row)


def _what(row: dict[str, Any]) -> str:
    if row["sales"] == 1:
        return str(row["label"])
    return ngettext("%(n)d sale", "%(n)d sales", row["sales"]) % {"n": row["sales"]}


def _reserves(seller_id: int) -> Any:
    rows = Earning.objects.filter(seller=seller_id, reserve_minor__gt=0, reserve_matured_at=None)
    days = rows.annotate(day=TruncDate("reserve_until")).values("currency", "day")
    return days.annotate(minor=Sum("reserve_minor"), sales=Count("pk")).order_by("day")[:NEXT]


def _reserve(row: dict[str, Any], currency: str) -> Expected:
    why = ngettext("reserve of %(n)d sale, at most", "reserve of %(n)d sales, at most", row["sales"])
    return Expected(Money(row["minor"], currency), _day(row["day"]), row["day"].isoformat(), why % {"n": row["sales"]})


def _day(day: dt.date) -> str:
    """As people say it: today, a weekday within a week, else the date."""
    away = (day - timezone.localtime(clock.now()).date()).days
    if away <= 0:
        return _("today")
    return date_format(day, "l, j F") if away < 7 else date_format(day, "j F Y")


def _short(day: dt.date | None) -> str:
    return date_format(day, "j F") if day else ""
