"""How far a bulk refund has got: what was decided, and what became of the money."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise

from marketplace.commerce.models import BulkRefund, BulkRefundOrder, OrderRefund, OrderRefundLine
from marketplace.core.money import Money

Row, Back = BulkRefundOrder.Status, OrderRefund.Status


@dataclass(frozen=True)
class Failure:
    """One order that needs a person."""

    row: BulkRefundOrder
    amount: Money | None
    code: str
    why: str | Promise


@dataclass(frozen=True)
class Progress:
    """Orders by what became of them, and the money."""

    orders: int
    waiting: int
    done: int
    skipped: int
    failed: int
    """The decision was refused."""
    stuck: int
    """Decided, but the money could not be sent: still owed."""
    arrived: int
    tickets: int
    amounts: list[Money]
    """Decided to go back, by currency."""
    came_back: list[Money]
    failures: list[Failure]

    @property
    def percent(self) -> int:
        return 100 * (self.orders - self.waiting) // self.orders if self.orders else 100

    @property
    def wrong(self) -> int:
        return self.failed + self.stuck


def bulk_progress(bulk: BulkRefund, *, shown: int = 100) -> Progress:
    """Five queries for any number of orders."""
    counted = bulk.orders.aggregate(
        orders=Count("pk"),
        waiting=Count("pk", Q(status=Row.PENDING)),
        done=Count("pk", Q(status=Row.DONE)),
        skipped=Count("pk", Q(status=Row.SKIPPED)),
        failed=Count("pk", Q(status=Row.FAILED)),
        stuck=Count("pk", Q(refund__status=Back.FAILED)),
        arrived=Count("pk", Q(refund__status=Back.DONE)),
    )
    refunds = OrderRefund.objects.filter(bulk_refund_order__bulk=bulk)
    ended = OrderRefundLine.objects.filter(refund__bulk_refund_order__bulk=bulk).values_list("positions", flat=True)
    return Progress(
        **counted,
        tickets=sum(len(positions) for positions in ended.iterator()),
        amounts=_sums(refunds),
        came_back=_sums(refunds.filter(status=Back.DONE)),
        failures=[_failure(row) for row in _wrong(bulk)[:shown]],
    )


def _wrong(bulk: BulkRefund) -> QuerySet[BulkRefundOrder]:
    rows = bulk.orders.filter(Q(status=Row.FAILED) | Q(refund__status=Back.FAILED))
    return rows.select_related("order", "refund__payment_refund").order_by("pk")


def _failure(row: BulkRefundOrder) -> Failure:
    if row.refund is None or row.refund.payment_refund is None:
        return Failure(row, None, row.code, row.why)
    money = row.refund.payment_refund
    return Failure(row, row.refund.amount, money.failure_code, money.failure_text)


def _sums(refunds: QuerySet[OrderRefund]) -> list[Money]:
    rows = refunds.values("currency").annotate(total=Sum("amount_minor")).exclude(total=0).order_by("currency")
    return [Money(row["total"], row["currency"]) for row in rows]
