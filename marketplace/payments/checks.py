"""What must be true of payments, refunds and paybill money. See `ledger.checks`."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from marketplace.core import clock
from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import Code, clearing
from marketplace.ledger.checks import Finding, Findings, check
from marketplace.payments.models import PaybillReceipt, Payment, Refund, RefundCover
from marketplace.payments.services.match_paybill import holder, unallocated_key

CHUNK = 1_000
BOOKED_WITHIN = dt.timedelta(minutes=30)
"""A fact that waits longer to be booked is somebody's concern."""
CAME = ("sale", "unallocated")
"""Entries that say money came, on the account of who holds it."""
Sums = dict[tuple[str, str], int]


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    found = rows.order_by("pk").iterator(CHUNK)
    while some := list(islice(found, CHUNK)):
        yield some


@check("money that came is booked once")
def payments_and_entries() -> Findings:
    """By reference and provider: what payments collected is what sales and unallocated money say came."""
    seen = 0
    references = Payment.objects.values_list("reference", flat=True).order_by("reference").distinct().iterator(CHUNK)
    while some := list(islice(references, CHUNK)):
        paid, fresh = _paid(some)
        booked = ledger.booked_for(references=some, kinds=CAME)
        for reference in some:
            for provider in ("stripe", "mpesa"):
                ours = paid.get((reference, provider), 0)
                theirs = booked.get((reference, clearing(provider).code), 0)
                if ours != theirs and reference not in fresh:
                    yield Finding(f"reference {reference}", f"{provider} paid {ours}, and {theirs} is booked")
        seen += len(some)
    return seen


def _paid(references: list[str]) -> tuple[Sums, set[str]]:
    """What was paid, and the references of payments so new that their fact may still be on its way."""
    rows = Payment.objects.filter(reference__in=references, status=Payment.Status.SUCCEEDED)
    sums = rows.values("reference", "provider").annotate(total=Sum("amount_minor")).order_by()
    new = rows.filter(settled_at__gt=clock.now() - BOOKED_WITHIN)
    return {(row["reference"], row["provider"]): row["total"] for row in sums}, set(
        new.values_list("reference", flat=True)
    )


@check("what providers kept is booked")
def fees_and_entries() -> Findings:
    rows = Payment.objects.filter(fee_minor__gt=0)
    for payments in _chunks(rows):
        booked = ledger.debits_under([f"payment:{payment.pk}:fee" for payment in payments])
        for payment in payments:
            if booked.get(f"payment:{payment.pk}:fee") != payment.fee_minor:
                yield Finding(f"payment {payment.pk}", f"cost {payment.fee_minor}, which is not what is booked")
    return rows.count()


@check("what is set aside on a payment are its refunds")
def refunds_and_payments() -> Findings:
    rows = Payment.objects.annotate(refunds_minor=Sum("refunds__amount_minor", default=0))
    wrong = rows.exclude(refunded_minor=F("refunds_minor")) | rows.filter(refunded_minor__gt=F("amount_minor"))
    for payment in wrong.order_by("pk"):
        found = payment.refunds_minor
        yield Finding(f"payment {payment.pk}", f"{payment.refunded_minor} is set aside, its refunds are {found}")
    return Payment.objects.count()


@check("refunds in transit are what is owed to payers")
def owed_and_transit() -> Findings:
    """By currency: 2410 holds the refunds that are decided and not given back, failed ones too."""
    on_the_way = Refund.objects.exclude(status=Refund.Status.SUCCEEDED)
    owed: Counter[str] = Counter()
    for rows, sign in ((on_the_way, 1), (RefundCover.objects.filter(refund__in=on_the_way), -1)):
        currency = "payment__currency" if sign > 0 else "refund__payment__currency"
        for code, minor in rows.values_list(currency).annotate(Sum("amount_minor")).order_by():
            owed[code] += sign * minor
    lying = ledger.balances_by_owner(code=Code.REFUNDS_IN_TRANSIT)
    held: Counter[str] = Counter()
    for (_, currency), minor in lying.items():
        held[currency] -= minor
    for currency in sorted({*owed, *held}):
        if owed[currency] != held[currency]:
            yield Finding(f"2410 {currency}", f"holds {held[currency]}, and {owed[currency]} is owed to payers")
    return on_the_way.count()


@check("refunds given back are booked once, others are not")
def refunds_and_entries() -> Findings:
    heard = Q(origin=Refund.Origin.OUTSIDE, attempt=1, settled_at__gt=clock.now() - BOOKED_WITHIN)
    rows = Refund.objects.exclude(heard).prefetch_related("covers")
    for refunds in _chunks(rows):
        keys = {refund.pk: f"refund:{refund.pk}:settled:{refund.attempt}" for refund in refunds}
        covers = [cover for refund in refunds for cover in refund.covers.all()]
        booked = ledger.debits_under([*keys.values(), *(cover.key for cover in covers)])
        for refund in refunds:
            left = refund.amount_minor - sum(cover.amount_minor for cover in refund.covers.all())
            expected = left if refund.status == Refund.Status.SUCCEEDED else 0
            found = booked.get(keys[refund.pk], 0)
            if found != expected:
                yield Finding(f"refund {refund.pk}", f"is {refund.status}: {found} is booked instead of {expected}")
        for cover in covers:
            if booked.get(cover.key) != cover.amount_minor:
                yield Finding(f"refund {cover.refund_id}", f"is covered by {cover.name}, which is not what is booked")
    return rows.count()


@check("paybill money is somebody's, or booked as nobody's")
def paybill_and_entries() -> Findings:
    rows = PaybillReceipt.objects.select_related("payment")
    for receipts in _chunks(rows):
        booked = ledger.debits_under([unallocated_key(row) for row in receipts])
        for row in receipts:
            where, found = f"paybill {row.receipt}", booked.get(unallocated_key(row), 0)
            nobodys = row.status in (PaybillReceipt.Status.UNALLOCATED, PaybillReceipt.Status.RETURNED)
            if found != (row.amount_minor if nobodys else 0):
                yield Finding(where, f"is {row.status}, and {found} is booked as nobody's")
            if row.payment is not None and (row.payment.receipt, row.payment.amount_minor) != (
                row.receipt, row.amount_minor,
            ):  # fmt: skip
                yield Finding(where, "is not the receipt or the amount of its payment")
            if row.status == PaybillReceipt.Status.RETURNED and getattr(row.payment, "reference", "") != holder(row):
                yield Finding(where, "was returned as the money of something else")
    return rows.count()
