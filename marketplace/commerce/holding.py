"""Goods of a doubtful payment wait for a person. Payments score; commerce holds; the sale itself stands."""

from marketplace.commerce.models import Order, OrderHold
from marketplace.payments.models import Payment
from marketplace.payments.services import assess


def hold_if_doubtful(order: Order, payment: Payment) -> None:
    """Look at the payment that pays the order; in the transaction that pays it, before any goods can be made."""
    found = assess(payment_id=payment.pk)
    if found.holds:
        OrderHold.objects.get_or_create(order=order, defaults={"score": found.score})


def hold_outcome(order: Order) -> str:
    """`OrderHold.Outcome` of an order, or nothing when it never waited."""
    return OrderHold.objects.filter(order=order).values_list("outcome", flat=True).first() or ""


def waits(order_code: str) -> bool:
    """Is it still to be decided?"""
    return OrderHold.objects.filter(order__code=order_code, outcome=OrderHold.Outcome.WAITING).exists()


def is_held(order: Order) -> bool:
    """May nothing be delivered for it?"""
    return OrderHold.objects.filter(order=order).exclude(outcome=OrderHold.Outcome.RELEASED).exists()
