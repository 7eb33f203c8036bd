"""Everything that is known about one order, from all rooms, in a bounded number of queries."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from marketplace.audit.models import LogEntry
from marketplace.commerce.models import Order, OrderClient, OrderLine, OrderReview
from marketplace.core.money import Money
from marketplace.ledger import selectors as books
from marketplace.ledger.accounts import Code
from marketplace.licensing.models import License
from marketplace.notifications.models import Message
from marketplace.payments.models import Payment
from marketplace.ticketing.models import Ticket


@dataclass(frozen=True)
class Line:
    """An order line with its amounts as money and what was issued for it."""

    row: OrderLine
    unit: Money
    total: Money
    fee: Money
    taxes: list[tuple[str, Money]]
    tickets: list[Ticket]
    licenses: list[License]


@dataclass(frozen=True)
class Booking:
    """One posting: whose account, and how much on which side."""

    entry: str
    reference: str
    at: dt.datetime
    account: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True)
class Dossier:
    order: Order
    client: OrderClient | None
    lines: list[Line]
    payments: list[Payment]
    bookings: list[Booking]
    mails: list[Message]
    log: list[LogEntry]
    reviews: list[OrderReview]


def dossier(order: Order, *, user: Any) -> Dossier:
    """What the user may know of it: the books only with the permission to read them."""
    payments = Payment.objects.filter(reference=order.code).select_related("client").prefetch_related("events")
    log = Q(target_type="commerce.order", target_id=str(order.pk))
    return Dossier(
        order=order,
        client=getattr(order, "client", None),
        lines=_lines(order),
        payments=list(payments.order_by("attempt")),
        bookings=[line for entry in _entries(order, user) for line in bookings(entry)],
        mails=list(Message.objects.filter(key__startswith=f"order:{order.code}:").defer("html", "text").order_by("pk")),
        log=list(LogEntry.objects.filter(log).order_by("at")),
        reviews=list(order.reviews.select_related("payment").order_by("created_at")),
    )


def _lines(order: Order) -> list[Line]:
    rows = order.lines.select_related("seller").prefetch_related("taxes", "tickets", "licenses")
    return [_line(row, order.currency) for row in rows]


def _line(row: OrderLine, currency: str) -> Line:
    return Line(
        row=row,
        unit=Money(row.unit_minor, currency),
        total=Money(row.total_minor, currency),
        fee=Money(row.fee_minor, currency),
        taxes=[(f"{t.name} {t.basis_points / 100:g} %", Money(t.minor, currency)) for t in row.taxes.all()],
        tickets=list(row.tickets.all()),
        licenses=list(row.licenses.all()),
    )


def _entries(order: Order, user: Any) -> Iterable[Any]:
    return books.entries_for(order.code) if user.has_perm("ledger.view_entry") else ()


def bookings(entry: Any) -> list[Booking]:
    """The postings of a ledger entry, debits first. `entry` is as the ledger's selectors give it, with its postings."""
    rows = sorted(entry.postings.all(), key=lambda posting: -posting.minor)
    return [
        Booking(
            entry=entry.kind,
            reference=entry.reference,
            at=entry.created_at,
            account=account_name(row.account.code, row.account.owner),
            debit=Money(row.minor, entry.currency) if row.minor > 0 else None,
            credit=Money(-row.minor, entry.currency) if row.minor < 0 else None,
        )
        for row in rows
    ]


def account_name(code: str, owner: str = "") -> str:
    """As a bookkeeper reads it: "2110 Seller pending (seller:12)"."""
    name = f"{code} {Code(code).label}"
    return f"{name} ({owner})" if owner else name
