"""What a bulk refund would come to, from the same figures the refunds themselves go by. Few queries for any number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

from marketplace.commerce.bulk.orders import lines_left
from marketplace.commerce.models import Order, OrderDispute, OrderLine
from marketplace.commerce.refunds.amounts import NOTHING, Parts
from marketplace.commerce.refunds.left import parts_left
from marketplace.core.errors import Refusal
from marketplace.core.money import Money
from marketplace.payments.errors import OverRefund, PaymentDisputed
from marketplace.payments.models import Dispute
from marketplace.payments.refundable import check_way, disputed_minor, way_back
from marketplace.payouts.shortfall import shortfall


@dataclass(frozen=True)
class OrderPlan:
    """One order. `problem`: why it cannot be refunded by itself."""

    order: Order
    parts: Parts
    tickets: int
    code: str = ""
    problem: str | Promise = ""

    @property
    def amount(self) -> Money:
        return Money(self.parts.total, self.order.currency)


@dataclass(frozen=True)
class Total:
    """One currency, of what will go back by itself."""

    amount: Money
    share: Money
    """Borne by the sellers."""
    fee: Money
    """Our commission and the tax on it, given back."""
    tax: Money
    debt: Money
    """Of the share: what the sellers' balances do not bear, so that they owe it."""


@dataclass(frozen=True)
class BulkPreview:
    plans: list[OrderPlan] = field(default_factory=list)
    nothing: int = 0
    """Orders of which nothing is left."""
    totals: list[Total] = field(default_factory=list)

    @property
    def orders(self) -> int:
        """Everybody who is told something."""
        return len(self.plans)

    @property
    def good(self) -> list[OrderPlan]:
        return [plan for plan in self.plans if not plan.problem]

    @property
    def bad(self) -> list[OrderPlan]:
        return [plan for plan in self.plans if plan.problem]

    @property
    def tickets(self) -> int:
        return sum(plan.tickets for plan in self.good)

    @property
    def all_tickets(self) -> int:
        return sum(plan.tickets for plan in self.plans)

    @property
    def in_debt(self) -> bool:
        return any(total.debt.minor for total in self.totals)


def bulk_preview(offer_ids: Iterable[int], *, but: dt.datetime | None = None) -> BulkPreview:
    """Everything that would happen to the orders of these offers now; `but` as in `bulk.orders`."""
    rows = lines_left(offer_ids, but=but).select_related("order__paid_by__client", "order__client", "seller")
    lines = list(rows)
    left, asked = parts_left(lines), _Banks(lines)
    grouped: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        grouped[line.order_id].append(line)
    found = [_plan(of, left, asked) for of in grouped.values()]
    plans = [plan for plan in found if plan.tickets or plan.parts.total]
    good = {plan.order.pk for plan in plans if not plan.problem}
    going = [line for line in lines if line.order_id in good]
    return BulkPreview(plans, len(found) - len(plans), _totals(going, left))


class _Banks:
    """Which orders and payments banks ask about: two queries for all."""

    def __init__(self, lines: Sequence[OrderLine]) -> None:
        orders = {line.order_id: line.order.paid_by_id for line in lines}
        self.orders = set(
            OrderDispute.objects.filter(order__in=orders, closed_at=None).values_list("order_id", flat=True)
        )
        self.payments = set(Dispute.objects.filter(payment__in=orders.values()).values_list("payment_id", flat=True))


def _plan(lines: Sequence[OrderLine], left: dict[int, Parts], banks: _Banks) -> OrderPlan:
    order = lines[0].order
    parts = sum((left[line.pk] for line in lines), start=NOTHING)
    tickets = sum(line.quantity - line.refunded_quantity for line in lines)
    try:
        _check(order, parts.total, banks)
    except Refusal as refusal:
        return OrderPlan(order, parts, tickets, refusal.code, refusal.text)
    return OrderPlan(order, parts, tickets)


def _check(order: Order, amount: int, banks: _Banks) -> None:
    """What the refund itself would refuse."""
    payment = order.paid_by
    if payment is not None and order.pk in banks.orders:
        raise PaymentDisputed
    if not amount or payment is None:
        return
    left = payment.amount_minor - payment.refunded_minor
    if amount > left:
        raise OverRefund(left_minor=left)
    if payment.pk in banks.payments and amount > left - disputed_minor(payment):
        raise PaymentDisputed
    check_way(payment, amount, way_back(payment, amount))


def _totals(lines: Sequence[OrderLine], left: dict[int, Parts]) -> list[Total]:
    sums: dict[str, Parts] = {}
    shares: dict[str, dict[int, int]] = defaultdict(dict)
    for line in lines:
        currency = line.order.currency
        sums[currency] = sums.get(currency, NOTHING) + left[line.pk]
        shares[currency][line.pk] = left[line.pk].share
    return [
        Total(
            amount=Money(parts.total, currency), share=Money(parts.share, currency),
            fee=Money(parts.fee + parts.commission_tax, currency), tax=Money(parts.tax, currency),
            debt=Money(shortfall(currency, shares[currency]), currency),
        )
        for currency, parts in sorted(sums.items())
        if parts.total
    ]  # fmt: skip
