"""The moves of an order that money makes. Each runs under the order's lock; pools come after it."""

from collections import defaultdict

from django.db.models import prefetch_related_objects

from marketplace.commerce import stock
from marketplace.commerce.holding import hold_if_doubtful
from marketplace.commerce.models import Order, OrderLine, OrderReview
from marketplace.core import clock, outbox
from marketplace.ledger.accounts import AccountKey, Code, clearing, of_seller
from marketplace.ledger.selectors import entry
from marketplace.ledger.services import post
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.payments.refundable import left_minor
from marketplace.payouts.services import Sold, earn


class NotBookedYet(Exception):
    """News of money that is on its way into the books: it is told again in a moment."""


def pay_nothing(order: Order) -> None:
    """A free order is paid the moment it is placed."""
    _become_paid(order)


def pay_with(order: Order, payment: Payment) -> None:
    """The right amount came while the stock was ours: sell it, book it, tell the world."""
    order.paid_by = payment
    hold_if_doubtful(order, payment)
    _become_paid(order)
    book_sale(order, payment)


def apply_unallocated(order: Order, payment: Payment, lies_on: AccountKey) -> None:
    """A person says that money which was nobody's pays this order after all."""
    order.paid_by = payment
    _become_paid(order)
    book_sold(order, cash=lies_on, kind="allocated")


def pay_late(order: Order, payment: Payment) -> bool:
    """The order had ended, and what it had held is still there: it is taken again. False when it is not."""
    if not take_again(order):
        return False
    pay_with(order, payment)
    return True


def take_again(order: Order) -> bool:
    """Take what an ended order had held, if all of it is still there and still sold."""
    ended = order.status in (Order.Status.EXPIRED, Order.Status.CANCELLED)
    return ended and _still_sold(order) and stock.take_again(order.pk)


def _still_sold(order: Order) -> bool:
    """Nothing of it was taken off sale, and nothing has taken place, since."""
    now = clock.now()
    lines = OrderLine.objects.filter(order=order).select_related("offer")
    return all(x.offer.active and (x.service_date is None or x.service_date > now) for x in lines)


def set_aside(order: Order, payment: Payment, reason: OrderReview.Reason, *, ask: bool = True) -> bool:
    """Money that fits no open order: book it as nobody's. False when that was done before.

    `ask`: the order waits for a person; else the money goes back by itself, and the order stays what it is.
    """
    _review, new = OrderReview.objects.get_or_create(order=order, payment=payment, reason=reason)
    post(
        key=_set_aside_key(order, payment),
        kind="unallocated",
        currency=payment.currency,
        lines={clearing(payment.provider): payment.amount_minor, AccountKey(Code.UNALLOCATED): -payment.amount_minor},
        reference=order.code,
    )
    if ask and order.can_move_to(Order.Status.REVIEW) and not order.is_paid:
        order.review_reason = reason
        order.move_to(Order.Status.REVIEW, also=("review_reason",))
    return new


def require_set_aside(order: Order, payment: Payment) -> None:
    """Before anything is taken from nobody's money for it. Raises `NotBookedYet`: the news waits for that."""
    if entry(_set_aside_key(order, payment)) is None:
        raise NotBookedYet(f"order {order.code}: payment {payment.pk} is not booked yet")


def returned_key(refund: Refund) -> str:
    """Of the entry that takes what was given back elsewhere from nobody's money."""
    return f"refund:{refund.pk}:returned"


def returned_is_booked(payment: Payment) -> bool:
    """Is everything that others gave back of money set aside in the books? Of what pays an order it never is."""
    made = payment.refunds.filter(origin=Refund.Origin.OUTSIDE)
    return all(entry(returned_key(refund)) is not None for refund in made)


def _set_aside_key(order: Order, payment: Payment) -> str:
    return f"order:{order.code}:unallocated:{payment.pk}"


def give_up_waiting(order: Order, payment: Payment) -> None:
    """An order in review that waited for this money waits no longer, unless for other money as well."""
    others = OrderReview.objects.filter(order=order, resolved_at=None).exclude(payment=payment)
    if order.status == Order.Status.REVIEW and not others.exists():
        stock.let_go_of_order(order.pk)
        order.move_to(Order.Status.CANCELLED)


def close_if_gone(order: Order, payment: Payment) -> None:
    """Nothing is left of money that was set aside, and not by a decision of ours: there is nothing to decide."""
    asking = payment.disputes.filter(status__in=Dispute.OPEN).exists()
    open_reviews = OrderReview.objects.filter(order=order, payment=payment, resolved_at=None)
    if asking or left_minor(payment) or not open_reviews.exclude(reason=OrderReview.Reason.UNKNOWN).exists():
        return
    give_up_waiting(order, payment)
    open_reviews.update(resolved_at=clock.now(), resolution="went back at the provider")


def _become_paid(order: Order) -> None:
    stock.sell(order.pk)
    order.paid_at, order.review_reason = clock.now(), ""
    order.move_to(Order.Status.PAID, also=("paid_at", "paid_by", "review_reason"))
    outbox.publish("commerce.order_paid", order_code=order.code)


def book_sale(order: Order, payment: Payment) -> None:
    """One entry per seller: the provider's clearing account against the seller's share, our fee and the tax."""
    book_sold(order, cash=clearing(payment.provider), kind="sale")


def book_sold(order: Order, *, cash: AccountKey, kind: str) -> None:
    """The entries of a sale, and what each line earns its seller. `cash` is debited: where the money lies."""
    lines = list(OrderLine.objects.filter(order=order))
    prefetch_related_objects([line for line in lines if line.tax_minor], "taxes")
    by_seller: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_seller[line.seller_id].append(line)
    for seller_id, own in by_seller.items():
        booking = _booking(seller_id, own, cash)
        if booking:
            post(
                key=f"order:{order.code}:sale:seller:{seller_id}",
                kind=kind,
                currency=order.currency,
                lines=booking,
                reference=order.code,
            )
    earn(reference=order.code, currency=order.currency, sold=[_sold(line) for line in lines], at=clock.now())


def _sold(line: OrderLine) -> Sold:
    return Sold(
        line_id=line.pk, seller_id=line.seller_id, kind=line.kind, category=line.category,
        label=f"{line.quantity} x {line.title}: {line.name}", gross_minor=line.total_minor, fee_minor=line.fee_minor,
        tax_minor=line.tax_minor, commission_tax_minor=line.commission_tax_minor, service_date=line.service_date,
    )  # fmt: skip


def _booking(seller_id: int, lines: list[OrderLine], cash: AccountKey) -> dict[AccountKey, int]:
    sums: dict[AccountKey, int] = defaultdict(int)
    for line in lines:
        sums[cash] += line.total_minor
        sums[of_seller(Code.SELLER_PENDING, seller_id)] -= line.seller_share_minor
        sums[AccountKey(Code.COMMISSION)] -= line.fee_minor
        sums[AccountKey(Code.COMMISSION_TAX, f"tax:{line.commission_tax_country}")] -= line.commission_tax_minor
        for tax in line.taxes.all() if line.tax_minor else ():
            sums[AccountKey(Code.TAX_PAYABLE, f"tax:{tax.country}")] -= tax.minor
    return {account: minor for account, minor in sums.items() if minor}
