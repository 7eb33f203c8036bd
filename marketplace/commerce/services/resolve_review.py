from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.audit.services import record
from marketplace.commerce import letters
from marketplace.commerce.errors import CannotApply, NotAChoice, ReviewResolved
from marketplace.commerce.models import Order, OrderReview
from marketplace.commerce.services.settle_order import (
    apply_unallocated,
    give_up_waiting,
    returned_is_booked,
    take_again,
)
from marketplace.core import clock
from marketplace.ledger.accounts import AccountKey, Code
from marketplace.payments.models import Payment, Refund
from marketplace.payments.refundable import left_minor
from marketplace.payments.services import give_up_payment, return_money
from marketplace.payments.services.reserve_refund import AUTO

Reason = OrderReview.Reason
RETURN, APPLY, CLOSE = "return", "apply", "close"


@transaction.atomic
def resolve_review(*, review_id: int, action: str, actor_id: int | None, evidence: str = "") -> OrderReview:
    """A person decides about money that does not fit. `evidence`: how what goes back was given back by hand already,
    else it is sent; for `close`, what the provider's statement says.

    `return`: it goes back; an order that waited for it is cancelled. `apply`: it pays the order, and what is too much
    goes back. `close`: no money came, by the provider's own statement; the order is given up. Raises `ReviewResolved`,
    `NotAChoice`, `CannotApply` and what `return_money` refuses; then nothing has changed.
    """
    order = Order.locked(OrderReview.objects.values_list("order_id", flat=True).get(pk=review_id))
    review = OrderReview.objects.select_for_update(no_key=True, of=("self",)).get(pk=review_id)
    if review.resolved_at is not None:
        raise ReviewResolved
    payment = Payment.locked(review.payment_id)  # what is given back elsewhere, or disputed, waits for this
    review.order, review.payment = order, payment
    if action not in choices(review) or not returned_is_booked(payment):
        raise NotAChoice  # what we heard of a moment ago, and have not booked yet, is not ours to move
    text = {RETURN: _return, APPLY: _apply, CLOSE: _close}[action](order, payment, evidence)
    review.resolved_at, review.resolution = clock.now(), text[:200]
    review.save(update_fields=["resolved_at", "resolution"])
    record(action=f"review.{action}", target=order, actor_id=actor_id, data={"payment": str(payment.pk)})
    return review


def choices(review: OrderReview) -> list[str]:
    """What may be done about it, the usual first. Nothing while a bank asks for all of the money."""
    payment, order = review.payment, review.order
    if review.reason == Reason.UNKNOWN:
        return [CLOSE] if payment.status == Payment.Status.REVIEW else []
    left = left_minor(payment)
    enough = payment.currency == order.currency and left >= order.total_minor
    return [RETURN, *([APPLY] if enough and not order.is_paid else [])] if left else []


def _return(order: Order, payment: Payment, evidence: str) -> str:
    give_up_waiting(order, payment)  # pools before the account of unallocated money, as everywhere
    _give_back(order, payment, left_minor(payment), "return", "does not fit the order", evidence)
    letters.returned(order, payment, second=order.is_paid)
    return _("given back")


def _apply(order: Order, payment: Payment, evidence: str) -> str:
    """While the order's goods are held for it or can be taken again."""
    over = left_minor(payment) - order.total_minor
    if order.status != Order.Status.REVIEW and not take_again(order):
        raise CannotApply
    apply_unallocated(order, payment, AccountKey(Code.UNALLOCATED))
    if over:
        _give_back(order, payment, over, "over", "more than the order costs", evidence)
    return _("applied to the order")


def _give_back(order: Order, payment: Payment, minor: int, key: str, reason: str, evidence: str) -> None:
    """The way it came; or it was done by hand, where no way is known: money paid to the paybill names no phone."""
    by_hand = bool(evidence.strip())
    return_money(
        payment_id=payment.pk, amount_minor=minor, key=f"order:{order.code}:{key}:{payment.pk}", reason=reason,
        method=Refund.Method.MANUAL if by_hand else AUTO, evidence=evidence,
    )  # fmt: skip


def _close(_order: Order, payment: Payment, evidence: str) -> str:
    """The order follows by the payment's own fact."""
    give_up_payment(payment_id=payment.pk, why=evidence)
    return _("no money came")
