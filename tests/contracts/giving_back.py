"""Giving back, as the desks and the workers do it: reserve in a transaction, send after it, then let time pass."""

import time

from marketplace.core import clock, outbox
from marketplace.payments.models import InboxMessage, Payment, Refund
from marketplace.payments.services import process_inbox, reconcile_refunds, return_money
from tests.contracts.buyers import Buyer
from tests.factories.payments import nobodys


def paid(buyer: Buyer, reference: str = "") -> Payment:
    """Money that came, booked as nobody's so that all of it can be given back."""
    payment = buyer.start(reference)
    buyer.pay(payment)
    return nobodys(buyer.until(payment, "succeeded"))


def give_back(payment: Payment, amount: int, key: str = "", **more: str) -> Refund:
    """Decide it and let the worker send it."""
    key = key or f"order:{payment.reference}:refund:1"
    refund = return_money(payment_id=payment.pk, amount_minor=amount, key=key, reason="asked", **more)
    outbox.drain()
    refund.refresh_from_db()
    return refund


def work(*, inbox: bool = True, sweep: bool = False) -> None:
    """One round of the workers. `sweep`: the reconciler looks at every refund under way, whatever the time."""
    if inbox:
        InboxMessage.objects.filter(status="waiting").update(due_at=clock.now())
        process_inbox()
    if sweep:
        Refund.objects.filter(next_check_at__isnull=False).update(next_check_at=clock.now())
        reconcile_refunds()
    outbox.drain()


def until(refund: Refund, status: str, *, inbox: bool = True, sweep: bool = False, within: float = 180.0) -> Refund:
    """Let the workers work until the refund is there."""
    deadline = time.monotonic() + within
    while True:
        work(inbox=inbox, sweep=sweep)
        refund.refresh_from_db()
        if refund.status == status:
            return refund
        story = [(event.kind, event.data) for event in refund.payment.events.order_by("at")]
        notes = list(InboxMessage.objects.values_list("kind", "status", "note"))
        assert time.monotonic() < deadline, f"{refund.status} {refund.failure_code}: {story} {notes}"
        time.sleep(0.05)
