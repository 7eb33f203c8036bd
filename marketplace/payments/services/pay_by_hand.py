from marketplace.core import clock, outbox
from marketplace.payments.models import PaybillReceipt, Payment, PaymentClient
from marketplace.payments.services.paybill_alarm import quiet
from marketplace.payments.services.story import tell


def pay_by_hand(row: PaybillReceipt, reference: str, *, source: str, announce: bool = True) -> PaybillReceipt:
    """Make the payment that this money is and link it, under the receipt's lock; the room that sells hears of it.

    A prompt may be open for the same thing: this is another payment, made and settled in one step.
    """
    payment = Payment.objects.create(
        reference=reference, attempt=Payment.objects.filter(reference=reference).count() + 1, provider="mpesa",
        status=Payment.Status.SUCCEEDED, amount_minor=row.amount_minor, currency=row.currency, receipt=row.receipt,
        description="Paybill", deadline=clock.now(), settled_at=clock.now(),
    )  # fmt: skip
    PaymentClient.objects.create(payment=payment)
    tell(payment, source=source, kind="paid_by_hand", receipt=row.receipt, typed=row.reference_typed)
    row.payment, row.settled_at, row.next_check_at, row.note = payment, clock.now(), None, ""
    row.move_to(PaybillReceipt.Status.MATCHED, also=("payment", "settled_at", "next_check_at", "note"))
    quiet(row)
    if announce:
        outbox.publish("payments.succeeded", payment_id=str(payment.pk), reference=reference)
    return row
