import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from marketplace.commerce import conf
from marketplace.commerce.errors import AlreadyPaid, HoldExpired
from marketplace.commerce.models import Order
from marketplace.core import clock
from marketplace.payments.errors import CoolDown, PaymentInProgress, PaymentInReview
from marketplace.payments.models import Payment
from marketplace.payments.selectors import latest_payment
from marketplace.payments.services import ClientDetails, close_payment, start_payment

STARTING = dt.timedelta(seconds=120)
"""Longer than asking a provider takes: nobody gives the stock away meanwhile."""
SAME_TAP = dt.timedelta(seconds=10)
"""Asking again within this time is the same tap on the same button."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the provider's own page sends the buyer, absolute."""

    return_url: str
    cancel_url: str


def pay_order(
    *, order_id: int, provider: str, client: ClientDetails, addresses: Addresses, again: bool = False
) -> Payment:
    """Start a payment of an order, or go on with the one under way. Never inside a transaction: it asks the provider.

    `again`, or another provider, first asks for the one under way to be given up; while the provider cannot confirm
    that, `payment_in_progress` is raised. Extends the hold to the payment's deadline and a grace.
    Raises `AlreadyPaid`, `HoldExpired`, and whatever `start_payment` refuses.
    """
    order = _extend(order_id, until=clock.now() + STARTING)
    running = _under_way(order, provider, again=again)
    if running is not None:
        return running
    try:
        payment = start_payment(
            reference=order.code,
            amount=order.total,
            provider=provider,
            description=f"{conf.site_name()} {order.code}",
            client=client,
            return_url=addresses.return_url,
            cancel_url=addresses.cancel_url,
        )
    except (PaymentInProgress, CoolDown):
        found = latest_payment(order.code)
        if found is None or found.provider != provider or not _is_fresh(found):
            raise
        payment = found  # two taps at once: one started the payment, the other finds it
    if payment.is_live:
        _extend(order_id, until=payment.deadline + dt.timedelta(seconds=conf.order_grace_seconds()), strict=False)
    return payment


def can_pay(order: Order) -> bool:
    """May a payment of it still begin?"""
    now = clock.now()
    latest = order.placed_at + dt.timedelta(seconds=conf.order_max_seconds())
    return order.status == Order.Status.PENDING and now < min(order.expires_at, latest)


@transaction.atomic
def _extend(order_id: int, *, until: dt.datetime, strict: bool = True) -> Order:
    order = Order.locked(order_id)
    if strict and order.is_paid:
        raise AlreadyPaid
    if strict and order.status == Order.Status.REVIEW:
        raise PaymentInReview
    if strict and not can_pay(order):
        raise HoldExpired
    if order.status == Order.Status.PENDING and until > order.expires_at:
        order.expires_at = until
        order.save(update_fields=["expires_at"])
    return order


def _under_way(order: Order, provider: str, *, again: bool) -> Payment | None:
    """The payment to go on with, if there is one; else None, and nothing is under way."""
    payment = latest_payment(order.code)
    if payment is None:
        return None
    if payment.status == Payment.Status.SUCCEEDED:
        return payment
    if not payment.is_live:
        return None
    if payment.provider == provider and (_is_fresh(payment) or not again):
        return payment
    payment = close_payment(payment_id=payment.pk, source="checkout")
    if payment.is_live:
        wait = max(1, int((payment.deadline - clock.now()).total_seconds()) + 1)
        raise PaymentInProgress(provider=payment.provider, retry_after_seconds=wait)
    return payment if payment.status == Payment.Status.SUCCEEDED else None


def _is_fresh(payment: Payment) -> bool:
    return clock.now() - payment.created_at < SAME_TAP
