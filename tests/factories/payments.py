"""Payments as the services would have left them, for tests that need no provider; and the facts they publish."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from marketplace.core import clock, outbox
from marketplace.core.models import OutboxEvent
from marketplace.core.money import Money
from marketplace.ledger.accounts import AccountKey, Code, clearing
from marketplace.ledger.selectors import balance
from marketplace.ledger.services import post
from marketplace.payments.models import Dispute, Payment, PaymentClient
from marketplace.payments.providers.base import Outcome

_numbers = itertools.count(1)
TOPICS = (
    "payments.succeeded", "payments.failed", "payments.expired", "payments.review", "payments.refund_succeeded",
    "payments.refund_failed", "payments.refunded_outside", "payments.dispute_opened", "payments.dispute_funds",
    "payments.dispute_closed", "payments.paybill_unmatched",
)  # fmt: skip


def make_payment(
    *,
    provider: str = "mpesa",
    status: str = "pending",
    amount: int = 150_000,
    phone: str = "+254712345678",
    **fields: Any,
) -> Payment:
    """A payment of KES 1,500 that waits for its buyer, unless told otherwise."""
    number = next(_numbers)
    usual = {
        "reference": f"TEST{number}", "attempt": 1, "currency": "KES", "description": "Two tickets",
        "external_id": f"ws_CO_2111202609152600{number:04d}712345678" if provider == "mpesa" else f"cs_test_{number}",
        "external_ref": f"ref-{number}", "deadline": clock.in_seconds(180), "next_check_at": clock.in_seconds(10),
    }  # fmt: skip
    payment = Payment.objects.create(provider=provider, status=status, amount_minor=amount, **{**usual, **fields})
    PaymentClient.objects.create(payment=payment, phone=phone, email="buyer@example.com")
    return payment


def paid(payment: Payment, receipt: str = "", **fields: Any) -> Outcome:
    """What a provider says of a payment that was paid as asked."""
    return Outcome("paid", **{"receipt": receipt, "amount": Money(payment.amount_minor, payment.currency), **fields})


class Facts:
    """What payments have told other rooms, as rows of the outbox."""

    def __init__(self, handler: str) -> None:
        self.handler = handler

    def about(self, payment: Payment) -> list[str]:
        """Topics in order, e.g. `["payments.failed", "payments.succeeded"]`."""
        return [row.topic for row in self.rows() if row.payload.get("payment_id") == str(payment.pk)]

    def named(self, **payload: object) -> list[str]:
        """Topics in order of the facts that say all of this."""
        return [row.topic for row in self.rows() if payload.items() <= row.payload.items()]

    def rows(self) -> list[OutboxEvent]:
        return list(OutboxEvent.objects.filter(handler=self.handler).order_by("pk"))


@contextmanager
def listening() -> Iterator[Facts]:
    """Register a handler for every fact payments publish."""

    def hear(**payload: Any) -> None:
        pass

    name = f"{hear.__module__}.{hear.__qualname__}"
    for topic in TOPICS:
        outbox.on(topic)(hear)
    try:
        yield Facts(name)
    finally:
        for topic in TOPICS:
            outbox._handlers[topic].pop(name)


def nobodys(payment: Payment) -> Payment:
    """Its money as booked when it fits no sale: on 2910, from where it can be given back."""
    post(
        key=f"payment:{payment.pk}:unallocated", kind="unallocated", currency=payment.currency,
        lines={clearing(payment.provider): payment.amount_minor, AccountKey(Code.UNALLOCATED): -payment.amount_minor},
        reference=payment.reference,
    )  # fmt: skip
    return payment


def owed_back(currency: str = "KES") -> int:
    """What lies on 2410, in minor units: refunds decided and not yet out."""
    return -balance(code=Code.REFUNDS_IN_TRANSIT, currency=currency)


def make_dispute(payment: Payment, *, status: str = "needs_response", **fields: Any) -> Dispute:
    """The payer's bank questions the whole payment, and has taken the money."""
    usual = {
        "external_id": f"du_{next(_numbers)}", "amount_minor": payment.amount_minor, "reason": "fraudulent",
        "funds_taken": status not in ("inquiry", "won", "closed"), "opened_at": clock.now(),
    }  # fmt: skip
    return Dispute.objects.create(payment=payment, provider=payment.provider, status=status, **{**usual, **fields})
