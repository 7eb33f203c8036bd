"""A bulk refund's work: order by order, each in a transaction of its own, resumed wherever it was cut off."""

import logging

from django.db import OperationalError, transaction
from django.utils import translation

from marketplace.commerce.bulk import letters
from marketplace.commerce.bulk.orders import wishes_for
from marketplace.commerce.models import BulkRefund, BulkRefundOrder, Order
from marketplace.commerce.refunds.left import is_disputed
from marketplace.commerce.services.bulk_refund import gather
from marketplace.commerce.services.refund_order import refund_order
from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.payments.errors import PaymentDisputed

logger = logging.getLogger(__name__)
Status, Act = BulkRefund.Status, BulkRefund.Act
RowStatus = BulkRefundOrder.Status
AT_ONCE = 200
"""Orders a task works on before it makes room for others."""


def run_bulk_refund(*, bulk_id: int, limit: int = AT_ONCE) -> bool:
    """Work through at most `limit` orders. True when it got on and more is to be done. May run several times at once.

    Whatever happens to the process, an order is either decided, booked and told, or untouched.
    """
    rows = BulkRefundOrder.objects.filter(bulk=bulk_id, status=RowStatus.PENDING).order_by("pk")
    waiting = list(rows.values_list("pk", flat=True)[:limit])
    for row_id in waiting:
        if not _runs(bulk_id):
            return False
        _settle(row_id)
    got_on = not waiting or not rows.filter(pk=waiting[0]).exists()
    return not _finish(bulk_id) and got_on


def running_bulk_refunds() -> list[int]:
    """Those with work, however their last task ended."""
    return list(BulkRefund.objects.filter(status=Status.RUNNING).order_by("pk").values_list("pk", flat=True))


def _runs(bulk_id: int) -> bool:
    return BulkRefund.objects.filter(pk=bulk_id, status=Status.RUNNING).exists()


def _settle(row_id: int) -> None:
    try:
        _step(row_id)
    except Refusal as refusal:
        _fail(row_id, refusal.code, str(refusal.text))
    except OperationalError:
        logger.warning("bulk refund: row %s waits for the next run", row_id, exc_info=True)
    except Exception as error:  # one order in trouble must not keep the others waiting
        logger.exception("bulk refund: row %s failed", row_id)
        _fail(row_id, "error", type(error).__name__)


@transaction.atomic
def _step(row_id: int) -> None:
    """One order, once: who comes second finds nothing to do, whether this one is still at it or has finished."""
    waiting = BulkRefundOrder.objects.select_for_update(of=("self",), skip_locked=True)
    row = waiting.select_related("bulk").filter(pk=row_id, status=RowStatus.PENDING).first()
    if row is None:
        return
    bulk, order = row.bulk, Order.locked(row.order_id)
    wishes = wishes_for(order, bulk.offers.values_list("pk", flat=True), but=bulk.new_date)
    row.tries, row.settled_at = row.tries + 1, clock.now()
    if not wishes:
        row.move_to(RowStatus.SKIPPED, also=("tries", "settled_at"))
        return
    if bulk.act == Act.REFUND and is_disputed(order.pk) and order.total_minor:
        raise PaymentDisputed  # what the bank holds looks gone, but may come back: nothing ends without its money
    if bulk.act == Act.KEEP:
        letters.kept(bulk, order)
    else:
        with translation.override(order.locale):
            reason = letters.happened(bulk)
        row.refund = refund_order(
            order_id=order.pk, what=wishes, asked_by=bulk.asked_by, actor_id=bulk.actor_id, reason=reason,
            batch=bulk.key,
        )  # fmt: skip
    row.move_to(RowStatus.DONE, also=("tries", "settled_at", "refund"))


@transaction.atomic
def _fail(row_id: int, code: str, why: str) -> None:
    row = BulkRefundOrder.locked(row_id)
    if row.status == RowStatus.PENDING:
        row.code, row.why, row.tries, row.settled_at = code[:40], why[:300], row.tries + 1, clock.now()
        row.move_to(RowStatus.FAILED, also=("code", "why", "tries", "settled_at"))


@transaction.atomic
def _finish(bulk_id: int) -> bool:
    """The end, unless an order is still waiting or was paid meanwhile. True when nothing is to be done now."""
    bulk = BulkRefund.locked(bulk_id)
    if bulk.status != Status.RUNNING:
        return True
    gather(bulk)
    if bulk.orders.filter(status=RowStatus.PENDING).exists():
        return False
    bulk.finished_at = clock.now()
    bulk.move_to(Status.DONE, also=("finished_at",))
    return True
