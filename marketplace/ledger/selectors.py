"""Reading the books. Every balance is the sum of postings; debit is positive."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from django.db.models import Prefetch, Q, QuerySet, Sum

from marketplace.ledger.accounts import Code
from marketplace.ledger.models import Entry, Posting, ProofRun


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
    postings = Prefetch("postings", Posting.objects.select_related("account"))
    return Entry.objects.filter(reference=reference).order_by("created_at").prefetch_related(postings)


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


def balances_by_owner(*, code: Code, owners: Collection[str] | None = None) -> dict[tuple[str, str], int]:
    """Minor units per (owner, currency) on accounts of one code, those at zero left out; debit positive.

    Of all owners, or of these.
    """
    found = Posting.objects.filter(account__code=code)
    return _by_owner(found if owners is None else found.filter(account__owner__in=list(owners)))


def booked_by_owner(*, codes: Collection[Code], kinds: Collection[str]) -> dict[tuple[str, str], int]:
    """What entries of these kinds, and their reversals, booked on accounts of these codes; as `balances_by_owner`."""
    meant = Q(entry__kind__in=list(kinds)) | Q(entry__reverses__kind__in=list(kinds))
    return _by_owner(Posting.objects.filter(meant, account__code__in=list(codes)))


def _by_owner(postings: QuerySet[Posting]) -> dict[tuple[str, str], int]:
    rows = (
        postings.values("account__owner", "account__currency")
        .annotate(total=Sum("minor"))
        .exclude(total=0)
        .order_by("account__owner", "account__currency")
    )
    return {(row["account__owner"], row["account__currency"]): row["total"] for row in rows}


def booked_for(*, references: Collection[str], kinds: Collection[str]) -> dict[tuple[str, str], int]:
    """Minor units per (reference, code) booked by entries of these kinds and their reversals; debit positive."""
    meant = Q(entry__kind__in=list(kinds)) | Q(entry__reverses__kind__in=list(kinds))
    rows = Posting.objects.filter(meant, entry__reference__in=list(references))
    sums = rows.values("entry__reference", "account__code").annotate(total=Sum("minor")).order_by()
    return {(row["entry__reference"], row["account__code"]): row["total"] for row in sums}


def minors_of(posting_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Minor units of postings by their ids, in the owner's favor: what was credited is positive."""
    rows = Posting.objects.filter(pk__in=list(posting_ids)).values_list("pk", "minor")
    return {pk: -minor for pk, minor in rows}


@dataclass(frozen=True)
class Movement:
    """One posting on an account. `minor` in the owner's favor: what was credited is positive."""

    posting_id: uuid.UUID
    at: dt.datetime
    kind: str
    key: str
    reference: str
    memo: str
    code: str
    minor: int


def movements(
    *,
    owner: str,
    currency: str,
    codes: Collection[Code],
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    without_kinds: Collection[str] = (),
    without: QuerySet[Any] | None = None,
    newest_first: bool = False,
) -> "MovementRows":
    """What moved on an owner's accounts, to be sliced or counted: nothing is read before.

    `since` inclusive, `until` exclusive. `without_kinds` leaves out entries of these kinds and their reversals;
    `without` is a query of posting ids to leave out.
    """
    rows = Posting.objects.filter(account__owner=owner, account__currency=currency, account__code__in=list(codes))
    if since:
        rows = rows.filter(entry__created_at__gte=since)
    if until:
        rows = rows.filter(entry__created_at__lt=until)
    if without_kinds:
        kinds = list(without_kinds)
        rows = rows.exclude(entry__kind__in=kinds).exclude(entry__reverses__kind__in=kinds)
    if without is not None:
        rows = rows.exclude(pk__in=without)
    order = ("-entry__created_at", "-entry_id") if newest_first else ("entry__created_at", "entry_id")
    return MovementRows(rows.order_by(*order, "account__code"))


class MovementRows(Sequence[Movement]):
    """Movements read in the slices that are asked for: fits Django's Paginator."""

    def __init__(self, rows: QuerySet[Posting]) -> None:
        self._rows = rows.values_list(
            "pk", "entry__created_at", "entry__kind", "entry__key", "entry__reference", "entry__memo",
            "account__code", "minor",
        )  # fmt: skip

    def __len__(self) -> int:
        return self._rows.count()

    def __iter__(self) -> Iterator[Movement]:
        return (_movement(row) for row in self._rows.iterator(chunk_size=2_000))

    @overload
    def __getitem__(self, index: int) -> Movement: ...
    @overload
    def __getitem__(self, index: slice) -> list[Movement]: ...
    def __getitem__(self, index: int | slice) -> Movement | list[Movement]:
        if isinstance(index, slice):
            return [_movement(row) for row in self._rows[index]]
        return _movement(self._rows[index])


def _movement(row: tuple[Any, ...]) -> Movement:
    posting_id, at, kind, key, reference, memo, code, minor = row
    return Movement(posting_id, at, kind, key, reference, memo, code, -minor)


def entry(key: str) -> Entry | None:
    """The booking made under a key."""
    return Entry.objects.filter(key=key).first()


def debits_under(keys: Collection[str]) -> dict[str, int]:
    """What the entries of these keys debit, in minor units; entries that were reversed are left out."""
    rows = Entry.objects.filter(key__in=list(keys), reversed_by=None)
    sums = rows.annotate(debit=Sum("postings__minor", filter=Q(postings__minor__gt=0)))
    return dict(sums.values_list("key", "debit"))


def balances_of(owner: str) -> dict[tuple[str, str], int]:
    """Minor units per (currency, code) on an owner's accounts; debit positive."""
    rows = Posting.objects.filter(account__owner=owner).values("account__currency", "account__code")
    sums = rows.annotate(total=Sum("minor")).order_by("account__currency", "account__code")
    return {(row["account__currency"], row["account__code"]): row["total"] for row in sums}


def proofs() -> QuerySet[ProofRun]:
    """Every run of the checks, newest first."""
    return ProofRun.objects.order_by("-at", "-pk")
