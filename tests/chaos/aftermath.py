"""After the storm: everything runs, time passes, and whatever is under way comes to its end."""

import contextlib
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Sum

from marketplace.commerce.models import Order, OrderReview
from marketplace.commerce.services import resolve_review
from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.core.models import OutboxEvent
from marketplace.core.states import IllegalMove
from marketplace.notifications.models import Message
from marketplace.payments.models import (
    Disbursement,
    Dispute,
    InboxMessage,
    PaybillReceipt,
    Payment,
    ProviderCall,
    Refund,
    RefundCover,
)
from marketplace.payments.providers.mpesa.reversal import PATIENCE
from marketplace.payments.services import return_paybill, settle_refund_by_hand
from marketplace.payouts.models import Payout
from tests.chaos.scene import Scene

LATE = dt.timedelta(seconds=1)
SWEEPS = ("events", "pull")
"""The questions about lost messages. What nobody has told us of is not under way yet, so both are waited for, twice."""
APART = dt.timedelta(seconds=4)
"""Less than the time between two sweeps, more than one takes."""
A_LONG_TIME = 3000.0
"""Seconds on the provider's clock after which no prompt rings and no card page is open."""


def unsettled() -> dict[str, QuerySet[object]]:
    """Everything that is still under way, by what it is."""
    return {
        "orders": Order.objects.filter(status__in=[Order.Status.PENDING, Order.Status.PAID]),
        "payments": Payment.objects.filter(status__in=Payment.LIVE),
        "refunds": Refund.objects.exclude(status="succeeded"),
        "disputes": Dispute.objects.filter(status__in=Dispute.OPEN),
        "payouts": Payout.objects.filter(status__in=["approved", "sending", "unknown"]),
        "paybill money": PaybillReceipt.objects.filter(status__in=["waiting", "unallocated"]),
        "transfers": Disbursement.objects.filter(status__in=["created", "sent", "unknown"]),
        "inbox": InboxMessage.objects.filter(status=InboxMessage.Status.WAITING),
        "facts": OutboxEvent.objects.filter(delivered_at=None),
        "mails": Message.objects.exclude(status="sent"),
    }  # type: ignore[dict-item]


def settle(scene: Scene, *, within: float) -> dict[str, int]:
    """Let time pass until nothing is under way; returns what was still under way when patience ran out."""
    scene.control("clock", advance=A_LONG_TIME)
    deadline, healed = time.monotonic() + within, clock.now()
    left: dict[str, int] = {}
    while time.monotonic() < deadline:
        scene.keep_running()
        _let_time_pass()
        _clear_the_desks(scene)
        scene.control("clock", advance=60.0)
        time.sleep(1.0)
        left = {name: count for name, rows in unsettled().items() if (count := rows.count())}
        if not left and _swept(since=healed):
            return {}
    return left or {"sweeps for lost messages": len(SWEEPS)}


def _swept(since: dt.datetime) -> bool:
    """Have the providers been asked for what got lost, and what they said been stored?"""
    calls = ProviderCall.objects.filter(operation__in=SWEEPS, answer="ok", at__gt=since).order_by()
    times = calls.values_list("operation").annotate(Min("at"), Max("at"))
    return sum(last - first >= APART for _operation, first, last in times) == len(SWEEPS)


def _let_time_pass() -> None:
    """Deadlines and back-offs are over: the same rows, seen a while later."""
    past = clock.now() - LATE
    Order.objects.filter(status=Order.Status.PENDING).update(expires_at=past)
    live = Payment.objects.filter(status__in=Payment.LIVE)
    live.filter(created_at__lt=past - dt.timedelta(seconds=5)).update(deadline=past)
    due = Q(next_check_at__gt=past + dt.timedelta(seconds=4))
    Payment.objects.filter(due).update(next_check_at=past, checked_at=None)
    PaybillReceipt.objects.filter(due).update(next_check_at=past)
    Refund.objects.filter(due).update(next_check_at=past)
    Refund.objects.filter(status="unknown").update(attempted_at=past - PATIENCE)  # may be asked for once more
    Disbursement.objects.filter(due).update(next_check_at=past, checked_at=None)
    InboxMessage.objects.filter(status=InboxMessage.Status.WAITING, attempts__lt=20).update(due_at=past)
    OutboxEvent.objects.filter(delivered_at=None).exclude(last_error="").update(due_at=past)
    Message.objects.exclude(status="sent").filter(due_at__gt=past + 15 * LATE).update(due_at=past)


def _clear_the_desks(scene: Scene) -> None:
    """What waits for people: failed refunds are paid by hand, nobody's money goes back, banks decide."""
    there = scene.look("ledger")["refunds"]
    for refund in Refund.objects.filter(status="failed").select_related("payment"):
        if _all_heard(refund.payment, there):
            _try(lambda refund=refund: settle_refund_by_hand(refund_id=refund.pk, evidence="bank 4711", actor_id=1))
    for receipt in PaybillReceipt.objects.filter(status="unallocated"):
        _try(lambda receipt=receipt: return_paybill(receipt_id=receipt.pk, actor_id=1))
    for dispute in Dispute.objects.filter(status__in=Dispute.OPEN):
        _try(lambda dispute=dispute: scene.control("dispute", press="lose", dispute=dispute.external_id))
    known = {row["reference"] for row in scene.look("ledger")["payments"]}
    for review in OrderReview.objects.filter(resolved_at=None).select_related("order", "payment"):
        paid = review.order.code in known
        action = "close" if review.reason == OrderReview.Reason.UNKNOWN and not paid else "return"
        seen = "seen there" if action == "close" else ""
        _try(lambda r=review, a=action, e=seen: resolve_review(review_id=r.pk, action=a, actor_id=1, evidence=e))


def _all_heard(payment: Payment, there: list[dict[str, Any]]) -> bool:
    """Nobody pays by hand before looking at what was given back in the dashboard: the site may not know yet."""
    theirs = sum(r["amount_minor"] for r in there if _is_of(r, payment) and r["status"] == "succeeded")
    ours = sum(refund.left_minor for refund in payment.refunds.filter(status="succeeded", method="provider"))
    covered = RefundCover.objects.filter(refund__payment=payment).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return bool(theirs == ours + covered)


def _is_of(row: dict[str, Any], payment: Payment) -> bool:
    return payment.provider == "stripe" and row.get("payment_intent") == payment.external_ref


def _try(act: Callable[[], object]) -> None:
    """What the rules refuse today waits for the next round."""
    with contextlib.suppress(Refusal, IllegalMove, RuntimeError):
        act()
