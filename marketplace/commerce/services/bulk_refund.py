"""Giving back to everybody at once: drafted when something is called off, started by a person, stopped and resumed.

Commerce knows no events: the room above says which offers it is about, and what they are called.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from marketplace.audit.services import record
from marketplace.commerce.bulk.orders import lines_left
from marketplace.commerce.errors import BulkUnderWay, NobodyWaits, WindowInvalid
from marketplace.commerce.models import BulkRefund, BulkRefundOrder, Order, OrderLine, OrderRefund
from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.core.jobs import enqueue
from marketplace.core.states import IllegalMove
from marketplace.payments.models import Refund
from marketplace.payments.services import retry_refund

Status, Act, Cause = BulkRefund.Status, BulkRefund.Act, BulkRefund.Cause
RowStatus = BulkRefundOrder.Status
LIVE = (Status.RUNNING, Status.PAUSED, Status.DONE)


@dataclass(frozen=True, slots=True)
class CalledOff:
    """What was called off or put off, as its buyers know it."""

    subject: str
    seller_id: int
    title: str
    takes_place: dt.datetime
    zone: str
    cause: str
    offer_ids: Collection[int]
    new_date: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the buyers get. `until`: with `keep`, the last moment to ask for the money instead."""

    act: str = Act.REFUND
    until: dt.datetime | None = None
    message: str = field(default="")


def next_number(subject: str) -> int:
    """Of the bulk refund a person decides about now: the open draft, or one that is not there yet."""
    last = BulkRefund.objects.filter(subject=subject).order_by("-number").first()
    if last is None:
        return 1
    return last.number if last.status == Status.DRAFT else last.number + 1


@transaction.atomic
def draft_bulk_refund(*, what: CalledOff, number: int | None = None) -> BulkRefund | None:
    """Remember that buyers wait for an answer. None when there is nobody. An open draft is brought up to date."""
    if not lines_left(what.offer_ids, but=what.new_date).exists():
        return None
    fields = {
        "seller_id": what.seller_id, "title": what.title[:200], "takes_place": what.takes_place, "zone": what.zone,
        "cause": what.cause, "new_date": what.new_date,
    }  # fmt: skip
    if number is None:
        last = BulkRefund.objects.filter(subject=what.subject).order_by("-number").first()
        if last is not None and last.status != Status.DRAFT and last.cause == what.cause:
            return last  # who pays late goes the way that was chosen
        number = next_number(what.subject)
    bulk, made = BulkRefund.objects.get_or_create(
        subject=what.subject, number=number, defaults={**fields, "status": Status.DRAFT}
    )
    if not made:
        bulk = BulkRefund.locked(bulk.pk)
        if bulk.status != Status.DRAFT:
            return bulk
        for name, value in fields.items():
            setattr(bulk, name, value)
        bulk.save(update_fields=[name for name in fields if name != "seller_id"])
    bulk.offers.set(what.offer_ids)
    return bulk


def drop_draft(*, subject: str) -> None:
    """It takes place as it was sold after all: nobody waits for an answer any more."""
    BulkRefund.objects.filter(subject=subject, status=Status.DRAFT).delete()


@transaction.atomic
def start_bulk_refund(
    *, what: CalledOff, number: int, decision: Decision, asked_by: str, actor_id: int | None
) -> BulkRefund:
    """Begin: every order of these offers gets a row, and the worker goes through them.

    `number`: of the draft the person saw (`next_number`); a second click finds it running and starts nothing.
    Raises `WindowInvalid`, and `BulkUnderWay` while another one of the same subject has not come to its end.
    """
    if decision.act == Act.KEEP and (what.cause == Cause.CANCELLED or not _ahead(decision.until)):
        raise WindowInvalid
    others = BulkRefund.objects.filter(subject=what.subject).exclude(number=number)
    if others.filter(status__in=(Status.RUNNING, Status.PAUSED)).exists():
        raise BulkUnderWay
    found = BulkRefund.objects.filter(subject=what.subject, number=number).first()
    found = found if found and found.status != Status.DRAFT else draft_bulk_refund(what=what, number=number)
    if found is None:
        raise NobodyWaits
    bulk = BulkRefund.locked(found.pk)
    if bulk.status != Status.DRAFT:
        return bulk
    bulk.act, bulk.message = decision.act, decision.message.strip()
    bulk.until = decision.until if decision.act == Act.KEEP else None
    bulk.asked_by, bulk.actor_id, bulk.started_at = asked_by, actor_id, clock.now()
    bulk.move_to(Status.RUNNING, also=("act", "message", "until", "asked_by", "actor_id", "started_at"))
    orders = gather(bulk)
    record(action="bulk_refund.started", target=bulk, actor_id=actor_id,
           data={"act": bulk.act, "cause": bulk.cause, "orders": orders})  # fmt: skip
    _wake(bulk)
    return bulk


def gather(bulk: BulkRefund) -> int:
    """Give every order a row that has none. The caller holds the lock. Returns how many orders have one."""
    offers = list(bulk.offers.values_list("pk", flat=True))
    known = set(bulk.orders.values_list("order_id", flat=True))
    found = set(lines_left(offers, but=bulk.new_date).order_by().values_list("order_id", flat=True)) - known
    if bulk.cause != Cause.CANCELLED and bulk.started_at:
        later = Order.objects.filter(pk__in=found, placed_at__gt=bulk.started_at)
        found -= set(later.values_list("pk", flat=True))  # they bought it knowing what it had become
    BulkRefundOrder.objects.bulk_create(
        [BulkRefundOrder(bulk=bulk, order_id=order_id, status=RowStatus.PENDING) for order_id in sorted(found)],
        ignore_conflicts=True, batch_size=500,
    )  # fmt: skip
    return len(known) + len(found)


@transaction.atomic
def join_bulk_refund(*, order_code: str) -> None:
    """An order was paid after its buyers' bulk refund had begun: it goes the same way. Idempotent."""
    offers = OrderLine.objects.filter(order__code=order_code).values_list("offer_id", flat=True)
    found = BulkRefund.objects.filter(offers__in=list(offers), act=Act.REFUND, status__in=LIVE)
    for bulk_id in sorted(set(found.values_list("pk", flat=True))):
        bulk = BulkRefund.locked(bulk_id)
        gather(bulk)
        if bulk.status == Status.DONE and bulk.orders.filter(status=RowStatus.PENDING).exists():
            bulk.move_to(Status.RUNNING)
            _wake(bulk)


@transaction.atomic
def pause_bulk_refund(*, bulk_id: int, actor_id: int | None) -> BulkRefund:
    """Stop after the order that is being worked on."""
    bulk = BulkRefund.locked(bulk_id)
    if bulk.status == Status.RUNNING:
        bulk.move_to(Status.PAUSED)
        record(action="bulk_refund.paused", target=bulk, actor_id=actor_id)
    return bulk


@transaction.atomic
def resume_bulk_refund(*, bulk_id: int, actor_id: int | None) -> BulkRefund:
    """Go on where it stopped."""
    bulk = BulkRefund.locked(bulk_id)
    if bulk.status == Status.PAUSED:
        bulk.move_to(Status.RUNNING)
        record(action="bulk_refund.resumed", target=bulk, actor_id=actor_id)
        _wake(bulk)
    return bulk


def retry_bulk_refund(
    *, bulk_id: int, asked_by: str, actor_id: int | None, row_id: int | None = None, money: bool = True
) -> int:
    """Try again what failed, one order or all: decisions that were refused, and (`money`) refunds the provider refused.

    Whoever retries answers for it from now on. Returns how many are tried again.
    """
    with transaction.atomic():
        bulk = BulkRefund.locked(bulk_id)
        failed = bulk.orders.filter(status=RowStatus.FAILED, **({"pk": row_id} if row_id else {}))
        again = list(failed.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        for row in again:
            row.code, row.why = "", ""
            row.move_to(RowStatus.PENDING, also=("code", "why"))
        if again:
            bulk.asked_by, bulk.actor_id = asked_by, actor_id
            bulk.save(update_fields=["asked_by", "actor_id"])
            record(action="bulk_refund.retried", target=bulk, actor_id=actor_id, data={"orders": len(again)})
        if again and bulk.status == Status.DONE:
            bulk.move_to(Status.RUNNING)
        if again:
            _wake(bulk)
    return len(again) + (_retry_money(bulk, row_id, actor_id) if money else 0)


def _retry_money(bulk: BulkRefund, row_id: int | None, actor_id: int | None) -> int:
    """Each by itself: one that cannot be sent keeps no other from being."""
    stuck = OrderRefund.objects.filter(bulk_refund_order__bulk=bulk, payment_refund__status=Refund.Status.FAILED)
    if row_id:
        stuck = stuck.filter(bulk_refund_order=row_id)
    tried = 0
    for refund_id in stuck.order_by("pk").values_list("payment_refund_id", flat=True):
        try:
            retry_refund(refund_id=refund_id, actor_id=actor_id)
            tried += 1
        except (Refusal, IllegalMove):
            continue  # it stays on the list, with its reason
    return tried


def _wake(bulk: BulkRefund) -> None:
    transaction.on_commit(lambda: enqueue("commerce.run_bulk_refund", bulk_id=bulk.pk))


def _ahead(until: dt.datetime | None) -> bool:
    return until is not None and until > clock.now()
