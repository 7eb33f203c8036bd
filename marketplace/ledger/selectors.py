"""Reading the books. Every balance is the sum of postings; debit is positive."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from marketplace.ledger.accounts import Code
from marketplace.ledger.models import Entry, Posting


def balance(*, code: Code, owner: str = "", currency: str) -> int:
    """Minor units on one account: positive for a debit balance, negative for a credit balance."""
    found = Posting.objects.filter(account__code=code, account__owner=owner, account__currency=currency)
    return found.aggregate(total=Sum("minor"))["total"] or 0


def trial_balance(currency: str) -> dict[str, int]:
    """Minor units per account code, all owners together. The values of honest books sum to zero."""
    rows = (
        Posting.objects.filter(account__currency=currency)
        .values("account__code")
        .annotate(total=Sum("minor"))
        .order_by("account__code")
    )
    return {row["account__code"]: row["total"] for row in rows}


def currencies() -> list[str]:
    """Every currency anything was ever booked in."""
    found = Posting.objects.order_by("account__currency").values_list("account__currency", flat=True).distinct()
    return list(found)


def entries(*, search: str = "") -> QuerySet[Entry]:
    """All bookings, newest first, with postings and accounts; `search` is a whole reference, key or kind."""
    rows = Entry.objects.order_by("-created_at", "-pk").prefetch_related("postings__account")
    return rows.filter(Q(reference=search) | Q(key=search) | Q(kind=search)) if search else rows


def entries_for(reference: str) -> QuerySet[Entry]:
    """Everything booked about one thing, e.g. an order code, oldest first, with postings and accounts."""
    return Entry.objects.filter(reference=reference).order_by("created_at").prefetch_related("postings__account")


@dataclass(frozen=True)
class StatementLine:
    """One movement on an owner's accounts. `minor` as booked: a credit, good for the owner, is negative."""

    at: dt.datetime
    kind: str
    reference: str
    memo: str
    code: str
    minor: int


def statement(
    *, owner: str, currency: str, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> list[StatementLine]:
    """An owner's movements, oldest first; `since` inclusive, `until` exclusive."""
    rows = Posting.objects.filter(account__owner=owner, account__currency=currency).select_related("entry", "account")
    if since:
        rows = rows.filter(entry__created_at__gte=since)
    if until:
        rows = rows.filter(entry__created_at__lt=until)
    return [
        StatementLine(p.entry.created_at, p.entry.kind, p.entry.reference, p.entry.memo, p.account.code, p.minor)
        for p in rows.order_by("entry__created_at", "entry_id", "account__code")
    ]
