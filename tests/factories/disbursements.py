"""Transfers as other rooms would have them made, and the facts that follow."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from marketplace.core import clock, outbox
from marketplace.core.models import OutboxEvent
from marketplace.core.money import Money
from marketplace.payments.disbursements import create_disbursement, reconcile_disbursements
from marketplace.payments.models import Disbursement, InboxMessage
from marketplace.payments.services import process_inbox

_numbers = itertools.count(1)
TOPICS = tuple(f"payments.disbursement_{news}" for news in ("paid", "failed", "unknown"))
PHONE: Mapping[str, str] = {"phone": "+254712345678"}
BANK: Mapping[str, str] = {"name": "Jazz Ltd", "bank": "KCB", "bic": "KCBLKENX", "number": "1100223344"}


def disburse(
    *, rail: str = "mpesa_b2c", minor: int = 71_300, currency: str = "KES", key: str = "", purpose: str = "payout",
    destination: Mapping[str, Any] | None = None,
) -> Disbursement:  # fmt: skip
    """A payout of KES 713 to a phone, decided and committed, unless told otherwise."""
    number = next(_numbers)
    with transaction.atomic():
        return create_disbursement(
            key=key or f"payout-{number}-1", rail=rail, amount=Money(minor, currency),
            destination=PHONE if destination is None else destination, hint="...678", purpose=purpose,
            reference=f"PAYOUT{number}",
        )  # fmt: skip


def work(disbursement: Disbursement, *, sweep: bool = False) -> Disbursement:
    """Let the worker do what is due: facts, messages, and with `sweep` the reconciler, whatever the time."""
    outbox.drain()
    InboxMessage.objects.filter(status="waiting").update(due_at=clock.now())
    process_inbox()
    if sweep:
        due = Disbursement.objects.filter(pk=disbursement.pk, next_check_at__isnull=False)
        due.update(next_check_at=clock.now(), checked_at=None)
        reconcile_disbursements()
    disbursement.refresh_from_db()
    return disbursement


class DisbursementFacts:
    """What other rooms were told about transfers."""

    def __init__(self, handler: str) -> None:
        self.handler = handler

    def about(self, disbursement: Disbursement) -> list[str]:
        """In order, e.g. `["unknown", "paid"]`."""
        rows = OutboxEvent.objects.filter(handler=self.handler).order_by("pk")
        mine = [row for row in rows if row.payload["disbursement_id"] == str(disbursement.pk)]
        assert all(row.payload["key"] == disbursement.key for row in mine)
        return [row.topic.rpartition("_")[2] for row in mine]


@contextmanager
def hearing_disbursements() -> Iterator[DisbursementFacts]:
    """Register a handler for every fact about transfers."""

    def hear(**payload: Any) -> None:
        pass

    name = f"{hear.__module__}.{hear.__qualname__}"
    for topic in TOPICS:
        outbox.on(topic)(hear)
    try:
        yield DisbursementFacts(name)
    finally:
        for topic in TOPICS:
            outbox._handlers[topic].pop(name)
