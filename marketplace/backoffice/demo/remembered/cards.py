"""What Stripe knows: charges, their refunds and disputes, connected accounts and transfers to them."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from marketplace.core.money import Money
from marketplace.payments.models import Disbursement, Dispute, Item, Payment, Refund, StatementLine
from marketplace.payments.providers.stripe import amounts
from marketplace.payments.rails.base import destination_of
from marketplace.payouts.models import Verification

Row = dict[str, Any]
STRIPE = "stripe"
ON_ITS_WAY = (Refund.Status.SENT, Refund.Status.UNKNOWN)
WORDS: dict[str, str] = {
    Dispute.Status.INQUIRY: "warning_needs_response", Dispute.Status.NEEDS_RESPONSE: "needs_response",
    Dispute.Status.UNDER_REVIEW: "under_review", Dispute.Status.WON: "won", Dispute.Status.LOST: "lost",
    Dispute.Status.CLOSED: "warning_closed",
}  # fmt: skip


def charged() -> QuerySet[Payment]:
    """Paid on one of Stripe's pages; nothing can be told of others."""
    paid = Payment.objects.filter(provider=STRIPE, status=Payment.Status.SUCCEEDED)
    return paid.filter(external_id__startswith="cs_", receipt__gt="", external_ref__gt="")


def payments() -> list[Row]:
    """Charges that succeeded."""
    lines = line_names(Item.PAYMENT)
    return [
        money(payment.amount) | {
            "kind": "card", "id": payment.receipt, "at": moment(payment.settled_at or payment.created_at),
            "fee_minor": units(payment.fee_minor or 0, payment.currency), "payment_intent": payment.external_ref,
            "session": payment.external_id, "description": payment.description, **names(payment),
            "balance_transaction": lines.get(payment.receipt or "", ""),
        }
        for payment in charged()
    ]  # fmt: skip


def names(payment: Payment) -> Row:
    """By which Stripe tells its payments apart, as every payment is sent there."""
    ours = {"payment_id": str(payment.pk), "reference": payment.reference, "attempt": str(payment.attempt)}
    return {"reference": str(payment.pk), "metadata": ours}


def refunds() -> list[Row]:
    """What was given back, and what is on its way: that ends when it is asked about next."""
    known = Refund.objects.filter(payment__in=charged(), method=Refund.Method.PROVIDER, external_id__isnull=False)
    rows = known.filter(status__in=(Refund.Status.SUCCEEDED, *ON_ITS_WAY)).select_related("payment")
    lines = line_names(Item.REFUND)
    return [
        {
            "id": refund.external_id, "at": moment(refund.attempted_at or refund.settled_at or refund.created_at),
            "amount_minor": amounts.to_stripe(refund.amount), "charge": refund.payment.receipt,
            "metadata": {"refund_id": str(refund.pk), "attempt": str(refund.attempt)},
            "balance_transaction": lines.get(refund.external_id or "", ""),
        } | waiting(refund)
        for refund in rows
    ]  # fmt: skip


def waiting(refund: Refund) -> Row:
    if refund.status not in ON_ITS_WAY:
        return {"status": "succeeded"}
    due = refund.next_check_at
    return {"status": "pending", "ends": moment(due) if due else None}


def disputes() -> list[Row]:
    """In Stripe's own words for how far they are."""
    rows = Dispute.objects.filter(payment__in=charged())
    taken, returned = line_names(Item.DISPUTE, minor__lt=0), line_names(Item.DISPUTE, minor__gt=0)
    return [
        {
            "id": dispute.external_id, "at": moment(dispute.opened_at),
            "amount_minor": amounts.to_stripe(dispute.amount), "charge": dispute.payment.receipt,
            "reason": dispute.reason or "general", "fee_minor": units(dispute.fee_minor, dispute.payment.currency),
            "due": moment(dispute.evidence_due_at or dispute.opened_at), "status": WORDS[dispute.status],
            "ended": moment(dispute.closed_at) if dispute.closed_at else None,
            "balance_transaction": taken.get(dispute.external_id, ""),
            "return_transaction": returned.get(dispute.external_id, ""),
        }
        for dispute in rows.select_related("payment")
    ]  # fmt: skip


def accounts() -> list[Row]:
    """Of sellers who can be paid there."""
    rows = Verification.objects.filter(connect_ready=True).exclude(connect_account="").select_related("seller")
    return [
        {
            "id": row.connect_account, "at": moment(row.submitted_at or row.seller.created_at),
            "country": row.country, "email": row.seller.email,
        }
        for row in rows
    ]  # fmt: skip


def transfers(known: Collection[str]) -> list[Row]:
    """What arrived on the `known` accounts."""
    rows = Disbursement.objects.filter(rail=Disbursement.Rail.STRIPE_TRANSFER, status=Disbursement.Status.PAID)
    lines = line_names(Item.TRANSFER)
    made = [
        money(row.amount) | {
            "id": row.external_id, "at": moment(row.settled_at or row.created_at), "transfer_group": row.key,
            "destination": str(destination_of(row)["account"]), "description": row.reference,
            "metadata": {"disbursement": row.key, "reference": row.reference},
            "balance_transaction": lines.get(row.external_id or "", ""),
        }
        for row in rows.filter(external_id__startswith="tr_")
    ]  # fmt: skip
    return [row for row in made if row["destination"] in known]


def line_names(item: str, **more: int) -> dict[str, str]:
    """Names of balance transactions we have on file, by the object they are about: told anew they must be the same."""
    rows = StatementLine.objects.filter(provider=STRIPE, item=item, **more).order_by("-at", "-pk")
    return dict(rows.values_list("name", "line"))


def money(amount: Money) -> Row:
    return {"amount_minor": amounts.to_stripe(amount), "currency": amount.currency}


def units(minor: int, currency: str) -> int:
    """In the units Stripe counts in, which are not ours in every currency."""
    return amounts.to_stripe(Money(minor, currency))


def moment(at: dt.datetime) -> float:
    return at.timestamp()
