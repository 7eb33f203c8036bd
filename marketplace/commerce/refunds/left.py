"""What of an order is still there to be given back."""

from collections.abc import Iterable

from django.db.models import Sum

from marketplace.commerce.models import OrderDispute, OrderLine, OrderRefund, OrderRefundLine
from marketplace.commerce.refunds.amounts import NOTHING, Parts

DECIDED = (OrderRefund.Status.SENDING, OrderRefund.Status.DONE, OrderRefund.Status.FAILED)


def parts_sold(line: OrderLine) -> Parts:
    """As it was sold."""
    return Parts(line.seller_share_minor, line.fee_minor, line.tax_minor, line.commission_tax_minor)


def parts_left(lines: Iterable[OrderLine]) -> dict[int, Parts]:
    """By line id, what was neither given back nor taken by a bank. The order's lock keeps two at once apart."""
    rows = list(lines)
    gone = (
        OrderRefundLine.objects.filter(line__in=[line.pk for line in rows], refund__status__in=DECIDED)
        .values("line_id")
        .annotate(Sum("share_minor"), Sum("fee_minor"), Sum("tax_minor"), Sum("commission_tax_minor"))
        .order_by()
    )
    back = {
        row["line_id"]: Parts(
            row["share_minor__sum"], row["fee_minor__sum"], row["tax_minor__sum"], row["commission_tax_minor__sum"]
        )
        for row in gone
    }
    for line_id, parts in _taken_by_banks(line.order_id for line in rows):
        if any(line.pk == line_id for line in rows):
            back[line_id] = back.get(line_id, NOTHING) + parts
    return {line.pk: parts_sold(line) - back.get(line.pk, NOTHING) for line in rows}


def _taken_by_banks(order_ids: Iterable[int]) -> list[tuple[int, Parts]]:
    """By line, what is held in open disputes and what was lost in others."""
    cases = OrderDispute.objects.filter(order__in=set(order_ids)).exclude(lost=False)
    return [found for case in cases for found in parts_of_case(case).items()]


def parts_of_case(case: OrderDispute) -> dict[int, Parts]:
    """What of each line is in dispute, or was lost."""
    return {row["line"]: Parts(row["share"], row["fee"], row["tax"], row["commission_tax"]) for row in case.parts}


def is_disputed(order_id: int) -> bool:
    """Does a bank hold money of it?"""
    return OrderDispute.objects.filter(order=order_id, closed_at=None).exists()


def ended_positions(line: OrderLine) -> set[int]:
    """Units that were ended by a refund or a cancellation."""
    rows = OrderRefundLine.objects.filter(line=line, refund__status__in=DECIDED).values_list("positions", flat=True)
    return {position for positions in rows for position in positions}
