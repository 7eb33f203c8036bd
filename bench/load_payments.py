"""Fill a database with payments and everything around them, to see how the desks bear it.

    DATABASE_URL=... python bench/load_payments.py --count 10000

Rows only: no provider is asked and nothing is delivered. For a database of its own, never a real one: histories made
here cannot be deleted again.
"""

import argparse
import datetime as dt
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

BATCH = 1_000
DAYS = 60
CODES = {"mpesa": ("1032", "1037", "1", "2001"), "stripe": ("card_declined", "insufficient_funds", "expired_card")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    import django

    django.setup()
    load(asked.count, random.Random(asked.seed))


def load(count: int, dice: random.Random, *, start: int = 0) -> None:
    """`count` payments over the last sixty days: three in four paid, some refunded, disputed, held, in doubt."""
    from marketplace.core import clock

    now = clock.now()
    made = 0
    while made < count:
        size = min(BATCH, count - made)
        payments = [_payment(start + made + number, now, dice) for number in range(size)]
        _save(payments, dice)
        made += size
        print(f"{made} of {count}", flush=True)


def _payment(number: int, now: dt.datetime, dice: random.Random) -> Any:
    from marketplace.payments.models import Payment

    provider = "mpesa" if dice.random() < 0.7 else "stripe"
    at = now - dt.timedelta(seconds=dice.randrange(DAYS * 86_400))
    status = dice.choices(["succeeded", "failed", "expired", "review", "pending"], [76, 17, 5, 1, 1])[0]
    took = dt.timedelta(seconds=dice.expovariate(1 / 25) + 4)
    paid, live = status == "succeeded", status == "pending"
    return Payment(
        reference=f"B{number:09d}", attempt=1, provider=provider, status=status, currency="KES",
        amount_minor=dice.randrange(200, 9_000) * 100, description="Bench", deadline=at + dt.timedelta(minutes=3),
        external_id=f"bench-{number}", external_ref=f"ref-{number}", receipt=f"BR{number:08d}" if paid else None,
        failure_code=dice.choice(CODES[provider]) if status in ("failed", "expired") else "",
        fee_minor=dice.randrange(100, 20_000) if paid and provider == "stripe" else None,
        settled_at=None if live else at + took, next_check_at=None, created_at=at,
    )  # fmt: skip


def _save(payments: list[Any], dice: random.Random) -> None:
    from django.db import transaction

    from marketplace.payments.models import Payment

    moments = {payment.pk: payment.created_at for payment in payments}
    with transaction.atomic():
        Payment.objects.bulk_create(payments)
        for payment in payments:
            payment.created_at = moments[payment.pk]  # `auto_now_add` wrote today
        Payment.objects.bulk_update(payments, ["created_at"])
        for model, rows in _around(payments, dice):
            model.objects.bulk_create(rows)
        _dated(payments, dice)
        _sold(payments)


def _sold(payments: list[Any]) -> None:
    """An order for each, without lines, and what the paid ones left in the books."""
    from marketplace.commerce.models import Order, OrderClient
    from marketplace.ledger.accounts import AccountKey, Code, clearing
    from marketplace.ledger.services import post

    orders = Order.objects.bulk_create(
        Order(code=p.reference, email_hash="", currency=p.currency, subtotal_minor=p.amount_minor, fee_minor=0,
              tax_minor=0, total_minor=p.amount_minor, status="fulfilled" if p.status == "succeeded" else "expired",
              expires_at=p.deadline, paid_at=p.settled_at if p.status == "succeeded" else None,
              paid_by=p if p.status == "succeeded" else None)
        for p in payments
    )  # fmt: skip
    OrderClient.objects.bulk_create(OrderClient(order=one, email="bench@example.com", name="Bench") for one in orders)
    for payment in payments:
        if payment.status == "succeeded":
            lines = {
                clearing(payment.provider): payment.amount_minor,
                AccountKey(Code.COMMISSION): -payment.amount_minor,
            }
            post(key=f"bench:{payment.pk}", kind="sale", currency=payment.currency, lines=lines,
                 reference=payment.reference)  # fmt: skip


def _around(payments: list[Any], dice: random.Random) -> Iterator[tuple[Any, list[Any]]]:
    """Everything else, one list per table."""
    from marketplace.payments.models import (
        Assessment,
        Break,
        Dispute,
        PaybillReceipt,
        PaymentClient,
        ReconciliationRun,
        Refund,
        StatementLine,
    )

    paid = [payment for payment in payments if payment.status == "succeeded"]
    some = [payment for payment in paid if dice.random() < 0.06]
    yield PaymentClient, [_client(payment, dice) for payment in payments]
    yield Assessment, [_assessment(payment, dice) for payment in paid]
    yield Refund, [_refund(payment, dice) for payment in some]
    yield Dispute, [_dispute(payment, dice) for payment in some if payment.provider == "stripe"]
    yield PaybillReceipt, [_paybill(payment, dice) for payment in some if payment.provider == "mpesa"]
    yield StatementLine, [
        StatementLine(provider=p.provider, item="payment", name=p.receipt, line=p.receipt, at=p.settled_at,
                      currency=p.currency, minor=p.amount_minor, fee_minor=p.fee_minor or 0)
        for p in paid
    ]  # fmt: skip
    yield Break, [
        Break(provider=p.provider, item="payment", name=p.receipt, kind="amount_differs", day=p.settled_at.date(),
              currency="KES", ours_minor=p.amount_minor, theirs_minor=p.amount_minor - 100, payment=p,
              seen_at=p.settled_at)
        for p in some[::3]
    ]  # fmt: skip
    yield (
        ReconciliationRun,
        [ReconciliationRun(provider=p.provider, day=p.settled_at.date(), status="agreed", sums={}) for p in some[::2]],
    )


def _client(payment: Any, dice: random.Random) -> Any:
    from marketplace.payments.models import PaymentClient

    person = dice.randrange(4_000)
    return PaymentClient(
        payment=payment, phone=f"+2547{person:08d}", email=f"bench{person}@example.com",
        ip=f"41.90.{person % 200}.{dice.randrange(1, 4)}",
        card=f"fp_{person % 2500}" if payment.provider == "stripe" else "",
    )  # fmt: skip


def _assessment(payment: Any, dice: random.Random) -> Any:
    from marketplace.payments.models import Assessment

    doubtful = dice.random() < 0.02
    findings = [{"code": "phone_velocity", "weight": 30, "count": 7}] if doubtful else []
    return Assessment(payment=payment, score=30 if doubtful else 0, findings=findings, holds=False)


def _refund(payment: Any, dice: random.Random) -> Any:
    from marketplace.payments.models import Refund

    status = dice.choices(["succeeded", "failed", "sent", "unknown"], [85, 7, 6, 2])[0]
    done = payment.settled_at + dt.timedelta(minutes=dice.randrange(1, 90)) if status == "succeeded" else None
    return Refund(
        payment=payment, key=f"bench:{payment.pk}", amount_minor=payment.amount_minor, status=status, settled_at=done,
        failure_code="21" if status == "failed" else "", external_id=f"re_{payment.reference}", reason="Bench",
    )  # fmt: skip


def _dispute(payment: Any, dice: random.Random) -> Any:
    from marketplace.payments.models import Dispute

    return Dispute(
        payment=payment, provider=payment.provider, external_id=f"du_{payment.reference}", reason="fraudulent",
        amount_minor=payment.amount_minor, status=dice.choice(["needs_response", "under_review", "won", "lost"]),
        evidence_due_at=payment.settled_at + dt.timedelta(days=9), opened_at=payment.settled_at, funds_taken=True,
    )  # fmt: skip


def _paybill(payment: Any, dice: random.Random) -> Any:
    from marketplace.payments.models import PaybillReceipt

    nobodys = dice.random() < 0.3
    return PaybillReceipt(
        receipt=f"PB{payment.reference}" if nobodys else payment.receipt, amount_minor=payment.amount_minor,
        shortcode="174379", reference_typed=payment.reference.lower(), reference=payment.reference,
        paid_at=payment.settled_at, status="unallocated" if nobodys else "matched",
        payment=None if nobodys else payment,
    )  # fmt: skip


def _dated(payments: list[Any], dice: random.Random) -> None:
    """Messages and measurements, which date themselves when they are written: put back to when they happened."""
    from marketplace.payments.models import InboxMessage, ProviderCall

    heard = [payment for payment in payments if payment.settled_at and dice.random() < 0.95]
    messages = InboxMessage.objects.bulk_create(
        InboxMessage(provider=p.provider, event_id=f"bench-{p.pk}", kind="bench", body="{}", payment=p, status="done",
                     due_at=p.settled_at)
        for p in heard
    )  # fmt: skip
    for message, payment in zip(messages, heard, strict=True):
        message.received_at = payment.settled_at
        message.processed_at = payment.settled_at + dt.timedelta(seconds=dice.expovariate(1 / 2))
    InboxMessage.objects.bulk_update(messages, ["received_at", "processed_at"])
    calls = ProviderCall.objects.bulk_create(
        ProviderCall(provider=p.provider, operation="stk_push" if p.provider == "mpesa" else "session_create",
                     milliseconds=int(dice.expovariate(1 / 600)) + 80,
                     answer=dice.choices(["ok", "refused", "silent"], [96, 3, 1])[0])
        for p in payments
    )  # fmt: skip
    for call, payment in zip(calls, payments, strict=True):
        call.at = payment.created_at
    ProviderCall.objects.bulk_update(calls, ["at"])


if __name__ == "__main__":
    main()
