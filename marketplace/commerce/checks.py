"""What must be true of orders and the money behind them. See `ledger.checks`."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.db.models import F, Q, QuerySet, Sum

from marketplace.commerce.models import Order, OrderDispute, OrderHold, OrderLine, OrderRefund, OrderRefundLine
from marketplace.commerce.refunds.left import DECIDED, parts_of_case
from marketplace.commerce.upkeep import recount_stock
from marketplace.core import clock
from marketplace.ledger import selectors as ledger
from marketplace.ledger.accounts import Code
from marketplace.ledger.checks import Finding, Findings, check
from marketplace.payments.models import Payment

CHUNK = 1_000
PAID = (Order.Status.PAID, Order.Status.FULFILLED)
DELIVERED_WITHIN = dt.timedelta(minutes=30)
"""A worker that was away for so long is somebody's concern."""
Sums = dict[str, int]


def _chunks(rows: QuerySet[Order]) -> Iterator[list[Order]]:
    found = rows.order_by("pk").iterator(CHUNK)
    while some := list(islice(found, CHUNK)):
        yield some


@check("paid orders are booked as sold, others are not")
def orders_and_sales() -> Findings:
    """By order: what sellers, we and the tax office got of it, to the minor unit."""
    seen = 0
    for orders in _chunks(Order.objects.all()):
        sold = _sold(orders)
        booked = ledger.booked_for(references=[order.code for order in orders], kinds=("sale", "allocated"))
        for order in orders:
            expected = sold.get(order.pk, {}) if order.status in PAID else {}
            for code in (Code.SELLER_PENDING, Code.COMMISSION, Code.TAX_PAYABLE, Code.COMMISSION_TAX):
                found = -booked.get((order.code, code), 0)
                if found != expected.get(code, 0):
                    yield _finding(order, f"{found} is booked on {code}; its lines say {expected.get(code, 0)}")
        seen += len(orders)
    return seen


def _sold(orders: list[Order]) -> dict[int, Sums]:
    rows = OrderLine.objects.filter(order__in=orders).values("order_id").order_by().annotate(
        fee=Sum("fee_minor"), tax=Sum("tax_minor"), commission_tax=Sum("commission_tax_minor"), total=Sum("total_minor")
    )  # fmt: skip
    return {
        row["order_id"]: {
            Code.SELLER_PENDING: row["total"] - row["fee"] - row["tax"] - row["commission_tax"],
            Code.COMMISSION: row["fee"],
            Code.TAX_PAYABLE: row["tax"],
            Code.COMMISSION_TAX: row["commission_tax"],
        }
        for row in rows
    }


@check("an order is paid by one payment of its amount")
def orders_and_payments() -> Findings:
    """More than the amount only where a person let it pay; then the rest went back."""
    rows = Order.objects.filter(status__in=PAID, total_minor__gt=0)
    wrong = rows.filter(
        Q(paid_by=None)
        | ~Q(paid_by__status=Payment.Status.SUCCEEDED)
        | ~Q(paid_by__currency=F("currency"))
        | ~Q(paid_by__reference=F("code"))
        | Q(paid_by__amount_minor__lt=F("total_minor"))
    )
    for order in wrong.select_related("paid_by").order_by("pk"):
        yield _finding(order, f"is {order.status} with {order.paid_by.amount if order.paid_by else 'no payment'}")
    return rows.count()


@check("refunds are booked as they were decided")
def refunds_and_entries() -> Findings:
    rows = OrderRefund.objects.filter(status__in=DECIDED).select_related("order", "payment_refund")
    rows = rows.annotate(lines_minor=Sum("lines__total_minor", default=0)).order_by("pk")
    for refund in rows.iterator(CHUNK):
        where = f"order {refund.order.code} refund {refund.number}"
        back = refund.payment_refund.amount_minor if refund.payment_refund else 0
        if refund.lines_minor != refund.amount_minor:
            yield Finding(where, "is not the sum of its lines")
        if back != refund.amount_minor and refund.asked_by != OrderRefund.By.PROVIDER:
            yield Finding(where, f"is {refund.amount_minor}, and {back} is sent back")
        entry = ledger.entry(f"order:{refund.order.code}:refund:{refund.number}")
        if (entry is None) != (back == 0):
            yield Finding(where, "is not booked" if entry is None else "is booked, and no money goes back")
    return rows.count()


@check("orders remember what was refunded of them")
def refunds_and_orders() -> Findings:
    """The sums on orders and lines, against the rows they sum up; no unit ended twice."""
    decided = Q(refund_lines__refund__status__in=DECIDED)
    lines = OrderLine.objects.annotate(back=Sum("refund_lines__total_minor", filter=decided, default=0))
    for line in lines.exclude(back=F("refunded_minor")).select_related("order").order_by("pk"):
        yield _finding(line.order, f"line {line.pk}: {line.refunded_minor} refunded, rows say {line.back}")
    orders = Order.objects.annotate(back=Sum("lines__refunded_minor", default=0))
    for order in orders.exclude(back=F("refunded_minor")).order_by("pk"):
        yield _finding(order, f"{order.refunded_minor} refunded, lines say {order.back}")
    ended = OrderRefundLine.objects.filter(refund__status__in=DECIDED).exclude(positions=[])
    units: Counter[tuple[int, int]] = Counter()
    for line_id, positions in ended.values_list("line_id", "positions").iterator():
        units.update((line_id, position) for position in positions)
    for (line_id, position), times in sorted(units.items()):
        if times > 1:
            yield Finding(f"order line {line_id}", f"unit {position} was ended {times} times")
    return lines.count()


@check("what banks took is held, and no line gave more than it was sold for")
def disputes_and_orders() -> Findings:
    """The disputed funds are those of open disputes; refunds and lost disputes of a line fit into what was paid."""
    held: Counter[str] = Counter()
    taken: Counter[int] = Counter()
    cases = OrderDispute.objects.exclude(lost=False).select_related("dispute__payment")
    for case in cases.order_by("pk").iterator(CHUNK):
        held[case.dispute.payment.currency] += case.amount_minor if case.closed_at is None else 0
        taken.update({line_id: part.total for line_id, part in parts_of_case(case).items()})
    for currency in sorted({*held, *ledger.currencies()}):
        booked = ledger.balance(code=Code.DISPUTED_FUNDS, currency=currency)
        if booked != held[currency]:
            yield Finding(f"disputed funds {currency}", f"{booked} is booked, and {held[currency]} is in dispute")
    for line in OrderLine.objects.filter(pk__in=taken).select_related("order").order_by("pk"):
        if line.refunded_minor + taken[line.pk] > line.total_minor:
            yield _finding(line.order, f"line {line.pk}: {line.refunded_minor} refunded and {taken[line.pk]} disputed")
    return cases.count()


@check("what was paid is delivered, and nothing else is")
def paid_is_delivered() -> Findings:
    held = OrderHold.objects.exclude(outcome=OrderHold.Outcome.RELEASED).values("order_id")
    late = Order.objects.filter(status=Order.Status.PAID, paid_at__lt=clock.now() - DELIVERED_WITHIN)
    for order in late.exclude(pk__in=held).order_by("pk"):
        yield _finding(order, "is paid and was not delivered")
    gone = OrderLine.objects.filter(order__status=Order.Status.FULFILLED, delivered_at=None)
    for line in gone.select_related("order").order_by("pk"):
        yield _finding(line.order, f"is complete without line {line.pk}")
    unpaid = OrderLine.objects.filter(delivered_at__isnull=False).exclude(order__status__in=PAID)
    for line in unpaid.select_related("order").order_by("pk"):
        yield _finding(line.order, f"line {line.pk} was delivered, and it is {line.order.status}")
    return Order.objects.filter(status__in=PAID).count()


@check("stock counters and claims agree")
def stock_is_counted() -> Findings:
    for wrong in recount_stock():
        yield Finding(
            f"pool {wrong.pool_id}",
            f"held {wrong.held}, by rows {wrong.held_by_rows}; sold {wrong.sold}, by rows {wrong.sold_by_rows}",
        )
    return None


def _finding(order: Order, text: str) -> Finding:
    return Finding(f"order {order.code}", text)
