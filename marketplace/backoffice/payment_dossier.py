"""Everything that is known about one payment, from all rooms, in a bounded number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from marketplace.backoffice.dossier import Booking, bookings
from marketplace.commerce.models import Order, OrderHold, OrderReview
from marketplace.core.money import Money
from marketplace.ledger import selectors as books
from marketplace.payments.models import (
    Assessment,
    Break,
    Dispute,
    InboxMessage,
    PaybillReceipt,
    Payment,
    PaymentEvent,
    Refund,
)
from marketplace.payments.risk.rules import explain

MANY = 200
"""Rows of one kind on one page: a payment that has more is looked at otherwise."""


@dataclass(frozen=True)
class PaymentDossier:
    order: Order | None
    order_url: str
    refund_url: str
    """Where it is given back; empty when nothing is left or the user may not."""
    left: Money
    fee: Money | None
    refunds: Sequence[Refund]
    disputes: Sequence[Dispute]
    paybill: PaybillReceipt | None
    reviews: Sequence[OrderReview]
    hold: OrderHold | None
    score: int | None
    reasons: Sequence[tuple[str, int]]
    cases: Sequence[Break]
    bookings: Sequence[Booking]
    messages: Sequence[InboxMessage]
    story: Sequence[PaymentEvent]
    attempts: Sequence[Payment]
    """Other attempts to pay the same."""


def dossier(payment: Payment, *, user: Any) -> PaymentDossier:
    """What the user may know of it: books, provider messages and differences only with the permission to see them.

    Fetch `payment` with its `assessment` and `paybill`.
    """
    order = Order.objects.filter(code=payment.reference).select_related("hold").first()
    assessment: Assessment | None = getattr(payment, "assessment", None)
    refunds = _of_this(payment.refunds.order_by("created_at"), payment)
    disputes = _of_this(payment.disputes.order_by("opened_at"), payment)
    about = [*(f"refund:{one.pk}" for one in refunds), *(f"dispute:{one.pk}" for one in disputes)]
    left = Money(payment.amount_minor - payment.refunded_minor, payment.currency)
    return PaymentDossier(
        order=order,
        order_url=reverse("orders_modeladmin_inspect", args=[order.pk]) if order else "",
        refund_url=_refund_url(payment, order, left, user),
        left=left,
        fee=None if payment.fee_minor is None else Money(payment.fee_minor, payment.currency),
        refunds=refunds,
        disputes=disputes,
        paybill=getattr(payment, "paybill", None),
        reviews=list(OrderReview.objects.filter(payment=payment).order_by("created_at")[:MANY]),
        hold=getattr(order, "hold", None) if order and order.paid_by_id == payment.pk else None,
        score=assessment.score if assessment else None,
        reasons=[(explain(one), one["weight"]) for one in assessment.findings] if assessment else [],
        cases=list(payment.breaks.order_by("opened_at")[:MANY]) if user.has_perm("payments.view_break") else [],
        bookings=_bookings(payment) if user.has_perm("ledger.view_entry") else [],
        messages=_messages(payment, about) if user.has_perm("payments.view_inboxmessage") else [],
        story=list(payment.events.order_by("at")[:MANY]),
        attempts=list(Payment.objects.filter(reference=payment.reference).exclude(pk=payment.pk).order_by("attempt")),
    )


def _of_this(rows: Any, payment: Payment) -> list[Any]:
    """Amounts are in the payment's currency: hand it down instead of fetching it for every row."""
    found = list(rows[:MANY])
    for row in found:
        row.payment = payment
    return found


def _refund_url(payment: Payment, order: Order | None, left: Money, user: Any) -> str:
    refundable = payment.status == Payment.Status.SUCCEEDED and left.minor > 0
    may = user.has_perm("commerce.add_orderrefund")
    if order is None or order.paid_by_id != payment.pk or not (refundable and may):
        return ""
    return reverse("order_refund", args=[order.pk])


def _bookings(payment: Payment) -> list[Booking]:
    return [line for entry in books.entries_for(payment.reference) for line in bookings(entry)]


def _messages(payment: Payment, about: list[str]) -> list[InboxMessage]:
    """Its own messages, and those about its refunds, disputes and receipt."""
    about = [*about, f"paybill:{payment.receipt}"] if payment.receipt else about
    rows = InboxMessage.objects.filter(Q(payment=payment) | Q(about__in=about)).defer("body", "headers")
    return list(rows.order_by("received_at")[:MANY])
