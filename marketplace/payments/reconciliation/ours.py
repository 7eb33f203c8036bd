"""What we say of our balance at a provider: our own rows in the form the provider's movements have."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet, Sum

from marketplace.ledger import selectors as books
from marketplace.payments import conf
from marketplace.payments.models import Disbursement, Dispute, Item, PaybillReceipt, Payment, Refund, RefundCover

RAILS = {"stripe": Disbursement.Rail.STRIPE_TRANSFER, "mpesa": Disbursement.Rail.MPESA_B2C}
Paybill = PaybillReceipt.Status
HERE = (Paybill.MATCHED, Paybill.UNALLOCATED, Paybill.RETURNED)
"""Paybill money we believe in: M-Pesa vouched for it."""
SETTLED = Q(status=Payment.Status.SUCCEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """One object of ours that moved money there. `settled`: we believe the money moved."""

    item: str
    name: str
    ours: str
    at: dt.datetime
    currency: str
    minor: int
    fee_minor: int | None = None
    """None: not known here, or not ours to know; then it is not compared unless theirs is above zero."""
    settled: bool = True
    state: str = ""
    account: str = ""
    reference: str = ""
    payment_id: uuid.UUID | None = None


def of_time(provider: str, since: dt.datetime, until: dt.datetime) -> list[Ours]:
    """Everything of ours that moved money at the provider in this time."""
    span = {"gte": since, "lt": until}
    payments = Payment.objects.filter(SETTLED, provider=provider, **_when("settled_at", span))
    refunds = Refund.objects.filter(
        payment__provider=provider, status=Refund.Status.SUCCEEDED, method=Refund.Method.PROVIDER,
        **_when("settled_at", span),
    )  # fmt: skip
    covers = RefundCover.objects.filter(refund__payment__provider=provider, **_when("at", span))
    disputes = Dispute.objects.filter(provider=provider, **_when("opened_at", span))
    sent = Disbursement.objects.filter(
        rail=RAILS[provider], status=Disbursement.Status.PAID, **_when("settled_at", span)
    )
    paybill = PaybillReceipt.objects.filter(status__in=HERE, **_when("paid_at", span)) if provider == "mpesa" else ()
    return _once([
        *map(_payment, payments), *_refunds(refunds), *_covers(covers),
        *(row for row in map(_dispute, disputes.select_related("payment")) if row.minor or row.fee_minor),
        *map(_transfer, sent), *map(_paybill, paybill),
    ])  # fmt: skip


def _when(field: str, span: dict[str, dt.datetime]) -> dict[str, dt.datetime]:
    return {f"{field}__{edge}": moment for edge, moment in span.items()}


def _once(rows: Iterable[Ours]) -> list[Ours]:
    """Money known twice, from a prompt and from the paybill's own word, is one thing; the payment knows more."""
    found: dict[tuple[str, str], Ours] = {}
    for row in rows:
        found.setdefault((row.item, row.name), row)
    return list(found.values())


def named(
    provider: str, names: Iterable[str], *, references: Iterable[str] = (), moved: Iterable[str] = ()
) -> list[Ours]:
    """Whatever of ours bears one of these names, in whatever state, settled ones first. `moved`: to the bank."""
    names, references = set(names), set(references) - {""}
    payments = Payment.objects.filter(
        Q(receipt__in=names) | Q(external_id__in=names) | Q(external_ref__in=references), provider=provider
    )
    refunds = Refund.objects.filter(Q(external_id__in=names) | Q(receipt__in=names), payment__provider=provider)
    covers = RefundCover.objects.filter(name__in=names, refund__payment__provider=provider)
    disputes = Dispute.objects.filter(provider=provider, external_id__in=names).select_related("payment")
    sent = Disbursement.objects.filter(Q(external_id__in=names) | Q(receipt__in=names), rail=RAILS[provider])
    paybill = PaybillReceipt.objects.filter(receipt__in=names) if provider == "mpesa" else ()
    rows = [
        *map(_payment, payments), *_refunds(refunds), *_covers(covers), *map(_dispute, disputes), *map(_transfer, sent),
        *map(_paybill, paybill), *_moved(moved),
    ]  # fmt: skip
    return _once(sorted(rows, key=lambda row: not row.settled))


def _payment(row: Payment) -> Ours:
    name = row.receipt or row.external_id or str(row.pk)
    reference = row.external_ref if row.provider == "stripe" else row.reference
    return Ours(
        item=Item.PAYMENT, name=name, ours=f"payment:{row.pk}", at=row.settled_at or row.created_at,
        currency=row.currency, minor=row.amount_minor, fee_minor=row.fee_minor, reference=reference,
        settled=row.status == Payment.Status.SUCCEEDED, state=row.status, account=_account(row.provider),
        payment_id=row.pk,
    )  # fmt: skip


def _refunds(rows: QuerySet[Refund]) -> Iterator[Ours]:
    """Each as the provider has it: without what others paid of it, with what it paid of others."""
    found = list(rows.select_related("payment").prefetch_related("covers"))
    names = [row.external_id for row in found if row.external_id]
    more = Counter[str]()
    for cover in RefundCover.objects.filter(name__in=names):
        more[cover.name] += cover.amount_minor
    for row in found:
        own = row.amount_minor - sum(cover.amount_minor for cover in row.covers.all())
        if own or not row.covers.all():
            yield _refund(row, own + more[row.external_id or ""])


def _covers(rows: QuerySet[RefundCover]) -> Iterator[Ours]:
    """Refunds made there of which nothing but covers is to be found here."""
    known = Refund.objects.filter(external_id__in=rows.values("name")).values_list("external_id", flat=True)
    for row in rows.exclude(name__in=list(known)).select_related("refund__payment"):
        whole = RefundCover.objects.filter(name=row.name).aggregate(sum=Sum("amount_minor"))["sum"]
        yield replace(_refund(row.refund, whole), name=row.name, at=row.at, settled=True, state="")


def _refund(row: Refund, minor: int) -> Ours:
    stripe = row.payment.provider == "stripe"
    name = (row.external_id if stripe else row.receipt) or row.external_id or str(row.pk)
    return Ours(
        item=Item.REFUND, name=name, ours=f"refund:{row.pk}", at=row.settled_at or row.created_at,
        currency=row.payment.currency, minor=-minor, settled=row.status == Refund.Status.SUCCEEDED,
        state=row.status, account=_account(row.payment.provider), payment_id=row.payment_id,
    )  # fmt: skip


def _dispute(row: Dispute) -> Ours:
    return Ours(
        item=Item.DISPUTE, name=row.external_id, ours=f"dispute:{row.pk}", at=row.opened_at,
        currency=row.payment.currency, minor=-row.amount_minor if row.funds_taken else 0, fee_minor=row.fee_minor,
        state=row.status, payment_id=row.payment_id,
    )  # fmt: skip


def _transfer(row: Disbursement) -> Ours:
    stripe = row.rail == Disbursement.Rail.STRIPE_TRANSFER
    name = (row.external_id if stripe else row.receipt) or row.external_id or str(row.pk)
    return Ours(
        item=Item.TRANSFER, name=name, ours=f"disbursement:{row.pk}", at=row.settled_at or row.created_at,
        currency=row.currency, minor=-row.amount_minor, fee_minor=row.fee_minor, state=row.status,
        settled=row.status == Disbursement.Status.PAID, account="" if stripe else conf.mpesa().b2c_shortcode,
    )  # fmt: skip


def _paybill(row: PaybillReceipt) -> Ours:
    return Ours(
        item=Item.PAYMENT, name=row.receipt, ours=f"paybill:{row.receipt}", at=row.paid_at, currency=row.currency,
        minor=row.amount_minor, state=row.status, settled=row.status in HERE,
        account=row.shortcode, payment_id=row.payment_id,
    )  # fmt: skip


def _moved(names: Iterable[str]) -> Iterator[Ours]:
    """What somebody booked as moved to the bank: the entry's reference is the provider's name of it."""
    for name in names:
        for entry in books.entries_for(name):
            if entry.kind == "moved_to_bank":
                minor = sum(posting.minor for posting in entry.postings.all() if posting.minor < 0)
                yield Ours(
                    item=Item.PAYOUT, name=name, ours=f"entry:{entry.key}"[:60], at=entry.created_at,
                    currency=entry.currency, minor=minor,
                )  # fmt: skip


def _account(provider: str) -> str:
    return conf.mpesa().shortcode if provider == "mpesa" else ""
