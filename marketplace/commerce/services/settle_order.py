"""The moves of an order that money makes. Each runs under the order's lock; pools come after it."""

from collections import defaultdict

from marketplace.commerce import stock
from marketplace.commerce.models import Order, OrderLine, OrderReview
from marketplace.core import clock, outbox
from marketplace.ledger.accounts import AccountKey, Code, clearing, of_seller
from marketplace.ledger.services import post
from marketplace.payments.models import Payment


def pay_nothing(order: Order) -> None:
    """A free order is paid the moment it is placed."""
    _become_paid(order)


def pay_with(order: Order, payment: Payment) -> None:
    """The right amount came while the stock was ours: sell it, book it, tell the world."""
    order.paid_by = payment
    _become_paid(order)
    book_sale(order, payment)


def set_aside(order: Order, payment: Payment, reason: OrderReview.Reason) -> bool:
    """Money that fits no open order: book it as nobody's, and let a person decide. False when that was done before."""
    _review, new = OrderReview.objects.get_or_create(order=order, payment=payment, reason=reason)
    post(
        key=f"order:{order.code}:unallocated:{payment.pk}",
        kind="unallocated",
        currency=payment.currency,
        lines={clearing(payment.provider): payment.amount_minor, AccountKey(Code.UNALLOCATED): -payment.amount_minor},
        reference=order.code,
    )
    if order.can_move_to(Order.Status.REVIEW) and not order.is_paid:
        order.review_reason = reason
        order.move_to(Order.Status.REVIEW, also=("review_reason",))
    return new


def _become_paid(order: Order) -> None:
    stock.sell(order.pk)
    order.paid_at, order.review_reason = clock.now(), ""
    order.move_to(Order.Status.PAID, also=("paid_at", "paid_by", "review_reason"))
    outbox.publish("commerce.order_paid", order_code=order.code)


def book_sale(order: Order, payment: Payment) -> None:
    """One entry per seller: the provider's clearing account against the seller's share, our fee and the tax."""
    lines = list(OrderLine.objects.filter(order=order).prefetch_related("taxes"))
    by_seller: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_seller[line.seller_id].append(line)
    for seller_id, own in by_seller.items():
        booking = _booking(seller_id, own, clearing(payment.provider))
        if booking:
            post(
                key=f"order:{order.code}:sale:seller:{seller_id}",
                kind="sale",
                currency=order.currency,
                lines=booking,
                reference=order.code,
            )


def _booking(seller_id: int, lines: list[OrderLine], cash: AccountKey) -> dict[AccountKey, int]:
    sums: dict[AccountKey, int] = defaultdict(int)
    for line in lines:
        sums[cash] += line.total_minor
        sums[of_seller(Code.SELLER_PENDING, seller_id)] -= line.seller_share_minor
        sums[AccountKey(Code.COMMISSION)] -= line.fee_minor
        for tax in line.taxes.all():
            sums[AccountKey(Code.TAX_PAYABLE, f"tax:{tax.country}")] -= tax.minor
    return {account: minor for account, minor in sums.items() if minor}
