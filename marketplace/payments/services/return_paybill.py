from django.db import transaction

from marketplace.core import clock
from marketplace.payments.errors import NotNobodys
from marketplace.payments.models import PaybillReceipt, Payment, PaymentClient, PaymentEvent, Refund
from marketplace.payments.services.match_paybill import holder
from marketplace.payments.services.normalize_phone import normalize_phone
from marketplace.payments.services.paybill_alarm import quiet
from marketplace.payments.services.return_money import return_money
from marketplace.payments.services.story import tell

OPERATOR = str(PaymentEvent.Source.OPERATOR)


@transaction.atomic
def return_paybill(*, receipt_id: int, actor_id: int | None, phone: str = "") -> Refund:
    """Give nobody's money back: by reversal to whoever sent it, or to `phone`, as the payer told us.

    Refuses: `not_nobodys`, `phone_invalid`, and as `reserve_refund`.
    """
    row = PaybillReceipt.locked(receipt_id)
    if row.status != PaybillReceipt.Status.UNALLOCATED or Payment.objects.filter(receipt=row.receipt).exists():
        raise NotNobodys
    number = normalize_phone(phone) if phone.strip() else ""
    payment = _payment(row, number)
    row.payment, row.settled_at = payment, clock.now()
    row.move_to(PaybillReceipt.Status.RETURNED, also=("payment", "settled_at"))
    tell(payment, source=OPERATOR, kind="paybill_returned", actor=actor_id, receipt=row.receipt)
    quiet(row)
    return return_money(
        payment_id=payment.pk, amount_minor=row.amount_minor, key=f"paybill:{row.receipt}:return",
        reason="paybill money without an order", method=Refund.Method.B2C if number else Refund.Method.PROVIDER,
    )  # fmt: skip


def _payment(row: PaybillReceipt, phone: str) -> Payment:
    """The money as a payment of nothing, so that it can be given back like any other."""
    payment = Payment.objects.create(
        reference=holder(row), attempt=1, provider="mpesa", status=Payment.Status.SUCCEEDED,
        amount_minor=row.amount_minor, currency=row.currency, receipt=row.receipt, description="Paybill",
        deadline=clock.now(), settled_at=clock.now(),
    )  # fmt: skip
    PaymentClient.objects.create(payment=payment, phone=phone)
    return payment
