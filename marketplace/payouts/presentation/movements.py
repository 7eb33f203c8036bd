"""Movements on a seller's accounts, in the seller's words: what happened, to which order, how much."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.core.money import Money
from marketplace.ledger.selectors import Movement
from marketplace.payouts.models import Earning
from marketplace.payouts.presentation.figures import PLACES

Words = str | Promise

KINDS: dict[str, Words] = {
    "sale": _("Sold"),
    "allocated": _("Sold"),
    "release": _("Became available"),
    "reserve_matured": _("Freed from the reserve"),
    "refund": _("Given back to the buyer"),
    "recovered": _("Taken for what was owed"),
    "recovery_returned": _("Given back: nothing was owed any more"),
    "payout": _("Paid out"),
    "payout_settled": _("Arrived"),
    "dispute_opened": _("Held: the buyer's bank asks about it"),
    "dispute_won": _("Let go: the bank decided for you"),
    "dispute_lost": _("Lost: the bank decided for the buyer"),
    "fee_recharged": _("Fee"),
    "provider_fee": _("Fee of the payment provider"),
    "exchange": _("Exchanged"),
    "write_off": _("Forgiven"),
    "opening": _("Balance brought forward"),
    "reversal": _("Undone"),
}
PLACE_OF = {place.code.value: place.label for place in PLACES}


@dataclass(frozen=True)
class Line:
    """One line of the list. A positive amount is in the seller's favor."""

    at: dt.datetime
    what: Words
    label: str
    reference: str
    where: Words
    amount: Money


def describe(movements: Iterable[Movement], seller_id: int, currency: str) -> list[Line]:
    """Movements of the ledger, one page of them, in words. One query, for what was sold."""
    rows = list(movements)
    labels = _labels(seller_id, {row.reference for row in rows if row.reference})
    return [_line(row, labels, currency) for row in rows]


def _line(row: Movement, labels: dict[str, str], currency: str) -> Line:
    return Line(
        at=row.at,
        what=KINDS.get(row.kind, row.kind),
        label=labels.get(row.reference, ""),
        reference=row.reference,
        where=PLACE_OF.get(row.code, ""),
        amount=Money(row.minor, currency),
    )


def _labels(seller_id: int, references: set[str]) -> dict[str, str]:
    """What each order sold for this seller: the first line, and how many more."""
    found: dict[str, list[str]] = {}
    rows = Earning.objects.filter(seller=seller_id, reference__in=references).order_by("pk")
    for reference, label in rows.values_list("reference", "label"):
        found.setdefault(reference, []).append(label)
    return {reference: _short(labels) for reference, labels in found.items()}


def _short(labels: list[str]) -> str:
    more = len(labels) - 1
    return labels[0] if not more else ngettext("%(first)s and %(n)d more", "%(first)s and %(n)d more", more) % {
        "first": labels[0], "n": more,
    }  # fmt: skip
