"""May this much of a payment be given back, and which way? Only reads; a change needs the payment's lock."""

from marketplace.core.errors import BadInput
from marketplace.payments.errors import EvidenceMissing, NotRefundable, OverRefund, PayerUnknown, PaymentDisputed
from marketplace.payments.models import Dispute, Payment, Refund

Method = Refund.Method
MPESA_STEP = 100
"""M-Pesa moves whole shillings, in cents."""
MPESA_LEAST = 1_000
"""The least one transfer to a phone may carry, in cents (Daraja, B2C: KES 10)."""


def check(payment: Payment, amount_minor: int) -> None:
    """Refuse more than is here and not spoken for."""
    if amount_minor <= 0:
        raise BadInput
    if payment.status != Payment.Status.SUCCEEDED:
        raise NotRefundable(reason="not_paid")
    left = payment.amount_minor - payment.refunded_minor
    if amount_minor > left:
        raise OverRefund(left_minor=left)
    if amount_minor > left_minor(payment):
        raise PaymentDisputed


def left_minor(payment: Payment) -> int:
    """What of it is here and not spoken for: neither given back, nor with a bank. In minor units, never negative."""
    return max(payment.amount_minor - payment.refunded_minor - disputed_minor(payment), 0)


def disputed_minor(payment: Payment) -> int:
    """What the bank has taken back or is about to, in minor units. An inquiry takes nothing: a refund answers it."""
    out = Dispute.objects.filter(payment=payment).exclude(
        status__in=(Dispute.Status.INQUIRY, Dispute.Status.WON, Dispute.Status.CLOSED)
    )
    return sum(out.values_list("amount_minor", flat=True))


def way_back(payment: Payment, amount_minor: int) -> str:
    """The way that fits: M-Pesa reverses whole payments only, a part goes to the payer's phone."""
    if payment.provider != "mpesa":
        return Method.PROVIDER
    whole = amount_minor == payment.amount_minor and bool(payment.receipt)
    return Method.PROVIDER if whole else Method.B2C


def check_way(payment: Payment, amount_minor: int, method: str, evidence: str = "") -> None:
    """Refuse a way that cannot work for this payment, before anything is promised."""
    if method not in Method.values:
        raise BadInput
    if method == Method.MANUAL and not evidence.strip():
        raise EvidenceMissing
    if payment.provider == "mpesa" and method == Method.PROVIDER:
        _check_reversal(payment, amount_minor)
    if method == Method.B2C:
        _check_transfer(payment, amount_minor)


def _check_reversal(payment: Payment, amount_minor: int) -> None:
    if amount_minor != payment.amount_minor:
        raise NotRefundable(reason="reversal_is_whole")
    if not payment.receipt:
        raise NotRefundable(reason="receipt_unknown")


def _check_transfer(payment: Payment, amount_minor: int) -> None:
    if payment.provider != "mpesa" or amount_minor % MPESA_STEP or amount_minor < MPESA_LEAST:
        raise NotRefundable(reason="not_transferable")
    client = getattr(payment, "client", None)
    if client is None or not client.phone:
        raise PayerUnknown
