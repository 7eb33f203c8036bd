"""What a payout consists of, to the cent: every movement it pays, then what was taken off, then what arrives."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.core.money import Money
from marketplace.payouts.models import Payout, PayoutItem
from marketplace.payouts.presentation.agreed import percent
from marketplace.payouts.presentation.document import Document
from marketplace.payouts.presentation.movements import KINDS

Words = str | Promise
LONGEST = 1_500
"""Lines of a statement on paper, some forty pages: setting more takes longer than a visitor waits."""
GROUPS: dict[str, Words] = {
    "carried": gettext_lazy("Carried over from before"),
    "release": gettext_lazy("Sales that became available"),
    "reserve_matured": gettext_lazy("Freed from the reserve"),
    "refund": gettext_lazy("Given back to buyers"),
    "dispute_opened": gettext_lazy("Held for disputes"),
    "dispute_won": gettext_lazy("Disputes decided for you"),
    "recovered": gettext_lazy("Taken for what was owed"),
    "fee_recharged": gettext_lazy("Fees"),
    "reversal": gettext_lazy("Undone"),
}


def sums_of(payout: Payout) -> list[tuple[str, Money]]:
    """From what the items add up to, down to what arrives. Two amounts are sums: the first total, and the last row."""
    rows = payout.items.order_by("kind").values("kind").annotate(sum=Sum("minor"))
    by_kind = {row["kind"]: row["sum"] for row in rows}
    ordered = sorted(by_kind, key=lambda kind: list(GROUPS).index(kind) if kind in GROUPS else len(GROUPS))
    groups = [(_group(kind), by_kind[kind]) for kind in ordered]
    total = (_("Available"), sum(by_kind.values()))
    return [(label, Money(minor, payout.currency)) for label, minor in [*groups, total, *_taken_off(payout)]]


def _group(kind: str) -> str:
    return str(GROUPS.get(kind) or KINDS.get(kind, kind))


def _taken_off(payout: Payout) -> Iterator[tuple[str, int]]:
    if payout.withholding_minor:
        rate = percent(payout.withholding_basis_points)
        yield _("Tax withheld, %(rate)s") % {"rate": rate}, -payout.withholding_minor
    if payout.fee_minor:
        yield _("Payout fee"), -payout.fee_minor
    if payout.carried_minor:
        yield _("Carried to the next payout"), -payout.carried_minor
    yield _("Paid out"), payout.net_minor


def line(item: PayoutItem, currency: str) -> tuple[Any, ...]:
    """When, what, for which order, how much."""
    what = _("Carried over") if item.kind == "carried" else str(KINDS.get(item.kind, item.kind))
    label = f"{what}: {item.label}" if item.label and item.kind != "carried" else what
    return timezone.localtime(item.at), label, item.reference, Money(item.minor, currency)


def statement(payout: Payout, *, on_paper: bool = False) -> Document:
    """The whole of it; `payout` comes with its seller and destination. On paper a very long one is by the day."""
    by_day = on_paper and payout.items.count() > LONGEST
    return Document(
        title=_("Payout statement"),
        number=payout.code,
        facts=_facts(payout),
        columns=[_("When"), _("What"), _("Order"), payout.currency],
        rows=_days(payout) if by_day else _lines(payout),
        sums=sums_of(payout),
        note=_("Too many lines for paper: they are added up by the day. Each is in the spreadsheet.") if by_day else "",
    )


def _lines(payout: Payout) -> list[tuple[Any, ...]]:
    items = payout.items.only("at", "kind", "label", "reference", "minor", "payout_id")
    return [line(item, payout.currency) for item in items.iterator(chunk_size=2_000)]


def _days(payout: Payout) -> list[tuple[Any, ...]]:
    rows = payout.items.annotate(day=TruncDate("at")).order_by("day", "kind").values("day", "kind")
    return [
        (
            date_format(row["day"], "j M Y"),
            ngettext("%(what)s: %(n)d line", "%(what)s: %(n)d lines", row["n"])
            % {"what": _group(row["kind"]), "n": row["n"]},
            "",
            Money(row["sum"], payout.currency),
        )
        for row in rows.annotate(n=Count("pk"), sum=Sum("minor"))
    ]


def _facts(payout: Payout) -> list[tuple[str, str]]:
    settled = date_format(timezone.localtime(payout.settled_at), "j F Y") if payout.settled_at else _("not yet")
    until = date_format(timezone.localtime(payout.until), "j F Y, H:i")
    return [(_("Seller"), payout.seller.name), (_("Until"), until), (_("To"), payout.destination.hint),
            (_("Arrived"), settled)]  # fmt: skip
