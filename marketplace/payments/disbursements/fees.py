from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.services import post
from marketplace.payments.models import Disbursement
from marketplace.payments.rails import cash_account

REFUND = "refund"


def book_fee(disbursement: Disbursement, fee_minor: int) -> None:
    """Note what the rail charged us, once, and book it: sending a refund is a provider's fee, a payout a payout's.

    Runs under the row lock. `fee_minor` is in the disbursement's currency.
    """
    if disbursement.fee_minor is not None:
        return
    disbursement.fee_minor = fee_minor
    disbursement.save(update_fields=["fee_minor"])
    if not fee_minor:
        return
    refund = disbursement.purpose == REFUND
    post(
        key=fee_key(disbursement),
        kind="refund_fee" if refund else "payout_fee",
        currency=disbursement.currency,
        lines={
            AccountKey(Code.PROVIDER_FEES if refund else Code.PAYOUT_FEES): fee_minor,
            cash_account(disbursement.rail): -fee_minor,
        },
        reference=disbursement.reference,
    )


def fee_key(disbursement: Disbursement) -> str:
    return f"disbursement:{disbursement.pk}:fee"
