import uuid

from django.db import transaction

from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.services import post
from marketplace.payments.models import Refund
from marketplace.payments.services.reserve_refund import AUTO, reserve_refund


@transaction.atomic
def return_money(
    *, payment_id: uuid.UUID | str, amount_minor: int, key: str, reason: str, method: str = AUTO, evidence: str = ""
) -> Refund:
    """Give back money that was booked as nobody's (2910): too late, twice, a wrong amount or reference.

    In the caller's transaction; idempotent by `key`. `method`, `evidence` and refusals as in `reserve_refund`.
    """
    refund = reserve_refund(
        payment_id=payment_id, amount_minor=amount_minor, key=key, reason=reason, method=method, evidence=evidence
    )
    post(
        key=f"refund:{refund.pk}:returned",
        kind="refund",
        currency=refund.payment.currency,
        lines={AccountKey(Code.UNALLOCATED): amount_minor, AccountKey(Code.REFUNDS_IN_TRANSIT): -amount_minor},
        reference=refund.payment.reference,
    )
    return refund
