from marketplace.ledger.accounts import AccountKey, Code, clearing
from marketplace.ledger.services import post
from marketplace.payments.models import Payment


def book_fee(payment: Payment, fee_minor: int) -> None:
    """Note what the provider kept, once, and book it: the clearing account then holds what will really arrive.

    Runs under the payment's lock. `fee_minor` is in the payment's currency.
    """
    if payment.fee_minor is not None:
        return
    payment.fee_minor = fee_minor
    payment.save(update_fields=["fee_minor"])
    if fee_minor:
        post(
            key=f"payment:{payment.pk}:fee",
            kind="provider_fee",
            currency=payment.currency,
            lines={AccountKey(Code.PROVIDER_FEES): fee_minor, clearing(payment.provider): -fee_minor},
            reference=payment.reference,
        )
