"""Risk signals: what a reviewer should see before money leaves. Small rules; none of them decides anything.

@signal("open_disputes", weight=30)
def _open_disputes(case: Proposal) -> str | None: ...
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Avg, Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.money import Money
from marketplace.payouts.models import Destination, Earning, Payout, Verification


@dataclass(frozen=True)
class Proposal:
    """A payout about to be proposed. `net` in minor units."""

    seller_id: int
    currency: str
    destination: Destination
    verification: Verification | None
    net: int
    earnings: list[Earning]
    """The sales it pays."""
    now: dt.datetime


class Signal(TypedDict):
    code: str
    text: str
    weight: int
    """0 to 100: how loud it is."""


Rule = Callable[[Proposal], str | None]
_rules: dict[str, tuple[int, Rule]] = {}


def signal(code: str, *, weight: int) -> Callable[[Rule], Rule]:
    """Declare a rule: its text when it has something to say, else None."""

    def register(rule: Rule) -> Rule:
        _rules[code] = (weight, rule)
        return rule

    return register


def signals_of(case: Proposal) -> list[Signal]:
    """What the rules say about a proposal, loudest first."""
    found = [
        Signal(code=code, text=text, weight=weight)
        for code, (weight, rule) in _rules.items()
        if (text := rule(case)) is not None
    ]
    return sorted(found, key=lambda one: -one["weight"])


@signal("unverified", weight=100)
def _unverified(case: Proposal) -> str | None:
    approved = case.verification is not None and case.verification.status == Verification.Status.APPROVED
    return None if approved else _("The seller is not verified.")


@signal("shared_destination", weight=40)
def _shared_destination(case: Proposal) -> str | None:
    others = Destination.objects.filter(fingerprint=case.destination.fingerprint).exclude(seller=case.seller_id)
    names = list(others.order_by("seller__name").values_list("seller__name", flat=True).distinct()[:3])
    return _("The destination is also that of %(names)s.") % {"names": ", ".join(names)} if names else None


@signal("new_destination", weight=30)
def _new_destination(case: Proposal) -> str | None:
    used = Payout.objects.filter(destination=case.destination, status=Payout.Status.PAID).exists()
    return None if used else _("Nothing was ever paid to this destination.")


@signal("open_disputes", weight=30)
def _open_disputes(case: Proposal) -> str | None:
    rows = _own(case).filter(disputed_minor__gt=0).aggregate(count=Count("pk"), minor=Sum("disputed_minor"))
    if not rows["count"]:
        return None
    text = ngettext(
        "%(count)s open dispute over %(amount)s.", "%(count)s open disputes over %(amount)s.", rows["count"]
    )
    return text % {"count": rows["count"], "amount": Money(rows["minor"], case.currency)}


@signal("unusual_jump", weight=25)
def _unusual_jump(case: Proposal) -> str | None:
    """Three times what the seller usually gets, or more; the last five payouts say what is usual."""
    paid = Payout.objects.filter(seller=case.seller_id, currency=case.currency, status=Payout.Status.PAID)
    last = paid.order_by("-proposed_at").values("pk")[:5]
    sums = Payout.objects.filter(pk__in=list(last.values_list("pk", flat=True))).aggregate(
        Avg("net_minor"), Count("pk")
    )
    if sums["pk__count"] < 2 or case.net < 3 * sums["net_minor__avg"]:
        return None
    usual = Money(round(sums["net_minor__avg"]), case.currency)
    return _("Payouts were %(usual)s on average so far.") % {"usual": usual}


@signal("refund_rate", weight=20)
def _refund_rate(case: Proposal) -> str | None:
    """A fifth or more of ninety days' sales went back. Below five sales it says nothing."""
    recent = _own(case).filter(earned_at__gte=case.now - dt.timedelta(days=90))
    sums = recent.aggregate(count=Count("pk"), share=Sum("share_minor"), back=Sum("returned_minor"))
    if sums["count"] < 5 or not sums["share"] or sums["back"] * 5 < sums["share"]:
        return None
    percent = sums["back"] * 100 // sums["share"]
    return _("%(percent)s %% of the last 90 days' sales went back to buyers.") % {"percent": percent}


@signal("not_delivered", weight=35)
def _not_delivered(case: Proposal) -> str | None:
    """Released already, and then postponed, called off, or without a hold."""
    waiting = [one for one in case.earnings if one.held_reason or (one.service_date and one.service_date > case.now)]
    if not waiting:
        return None
    count = len(waiting)
    text = ngettext(
        "%(count)s sale in it is of a service that has not taken place.",
        "%(count)s sales in it are of services that have not taken place.",
        count,
    )
    return text % {"count": count}


@signal("first_payout", weight=10)
def _first_payout(case: Proposal) -> str | None:
    paid = Payout.objects.filter(seller=case.seller_id, status=Payout.Status.PAID).exists()
    return None if paid else _("It is the seller's first payout.")


def _own(case: Proposal) -> QuerySet[Earning]:
    return Earning.objects.filter(seller=case.seller_id, currency=case.currency)
