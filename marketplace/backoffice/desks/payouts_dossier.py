"""What a reviewer wants to know about one payout, in a bounded number of queries."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from marketplace.backoffice.dossier import Booking, bookings
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.ledger import selectors as books
from marketplace.payouts.models import Payout, PayoutDecision, PayoutItem, Verification
from marketplace.payouts.presentation.statement import line, sums_of
from marketplace.payouts.services import approvers, why_not_approve
from marketplace.users.models import User

SHOWN = 100
"""Movements on the page; all of them are in the statement."""


@dataclass(frozen=True)
class Decided:
    row: PayoutDecision
    who: str


@dataclass(frozen=True)
class Dossier:
    payout: Payout
    gross: Money
    sums: list[tuple[str, Money]]
    lines: list[tuple[Any, ...]]
    more: int
    """Movements beyond those shown."""
    changes: list[str]
    decisions: list[Decided]
    agreed: int
    """How many people have agreed since it was last held."""
    blocked: str
    """Why the user's own agreement would not count; empty when it would."""
    age: str
    """How long the destination is the seller's."""
    changed_by: str
    verification: Verification | None
    bookings: list[Booking]
    events: list[Any]


WITH = ("destination", "run", "seller__verification", "disbursement")


def dossier(found: Payout, *, user: Any) -> Dossier:
    payout = _counted(Payout.objects.select_related(*WITH)).get(pk=found.pk)
    decisions = list(payout.decisions.all())
    names = _names({row.actor_id for row in decisions} | {payout.destination.actor_id, payout.run.actor_id})
    last, agreed = _last(payout), approvers(decisions)
    items = list(payout.items.order_by("at", "pk")[:SHOWN])
    entries = books.entries_for(payout.code) if user.has_perm("ledger.view_entry") else ()
    return Dossier(
        payout=payout,
        gross=Money(payout.gross_minor, payout.currency),
        sums=sums_of(payout),
        lines=[line(item, payout.currency) for item in items],
        more=max(payout.movements - SHOWN, 0),
        changes=list(_changes(payout, last)),
        decisions=[Decided(row, names.get(row.actor_id, _("the system"))) for row in decisions],
        agreed=len(agreed),
        blocked=_blocked(payout, user, agreed),
        age=timesince(payout.destination.created_at, clock.now(), depth=1),
        changed_by=names.get(payout.destination.actor_id, ""),
        verification=getattr(payout.seller, "verification", None),
        bookings=[booked for entry in entries for booked in bookings(entry)],
        events=list(payout.disbursement.events.order_by("at")) if payout.disbursement else [],
    )


def _names(ids: set[int | None]) -> dict[int | None, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in=[pk for pk in ids if pk is not None])}


def _blocked(payout: Payout, user: Any, agreed: Collection[int]) -> str:
    refusal = why_not_approve(payout, user.pk, agreed) if payout.status == Payout.Status.PROPOSED else None
    return str(refusal) if refusal else ""


def _counted(rows: QuerySet[Payout]) -> Any:
    """With the number of movements each pays, as `movements`."""
    counts = PayoutItem.objects.filter(payout=OuterRef("pk")).order_by().values("payout").annotate(n=Count("pk"))
    return rows.annotate(movements=Coalesce(Subquery(counts.values("n")), 0))


def _last(payout: Payout) -> Any:
    rows = Payout.objects.filter(seller=payout.seller_id, currency=payout.currency, status=Payout.Status.PAID)
    rows = rows.filter(proposed_at__lt=payout.proposed_at).select_related("destination")
    return _counted(rows).order_by("-proposed_at", "-pk").first()


def _changes(payout: Any, last: Any) -> Iterator[str]:
    """What is different from the last payout that arrived."""
    if last is None:
        yield _("Nothing was paid to this seller in %(currency)s before.") % {"currency": payout.currency}
        return
    day = date_format(timezone.localtime(last.proposed_at), "j F Y")
    yield _("The last one was %(code)s of %(when)s.") % {"code": last.code, "when": day}
    yield _amount(payout, last)
    yield _("It pays %(now)d movements; the last one paid %(then)d.") % {
        "now": payout.movements, "then": last.movements,
    }  # fmt: skip
    if last.destination_id != payout.destination_id:
        yield _("It goes to %(now)s; the last one went to %(then)s.") % {
            "now": payout.destination.hint, "then": last.destination.hint,
        }  # fmt: skip


def _amount(payout: Payout, last: Payout) -> str:
    difference = payout.net_minor - last.net_minor
    if not difference:
        return _("The amount is the same.")
    words = _("%(amount)s more than the %(then)s before.") if difference > 0 else _(
        "%(amount)s less than the %(then)s before."
    )  # fmt: skip
    return words % {"amount": Money(abs(difference), payout.currency), "then": last.net}
