from marketplace.payments.selectors import payments_of
from marketplace.payments.services import close_payment


def close_others(*, reference: str, paid_by: str) -> None:
    """One payment succeeded: ask for any other to be given up, before the buyer pays twice. Asks providers."""
    for payment in payments_of(reference):
        if payment.is_live and str(payment.pk) != paid_by:
            close_payment(payment_id=payment.pk, source="reconciler")
