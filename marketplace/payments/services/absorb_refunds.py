from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from marketplace.ledger.accounts import AccountKey, Code
from marketplace.payments.models import Dispute, Payment, PaymentEvent, Refund
from marketplace.payments.selectors import by_bank
from marketplace.payments.services.record_refund import lock, succeed
from marketplace.payments.services.send_refund import waits_for_bank

Status = Refund.Status
CALLBACK = str(PaymentEvent.Source.CALLBACK)


@transaction.atomic
def absorb_refunds(dispute: Dispute) -> int:
    """A lost dispute gave the payer what we still owed as refunds: those are settled by it, and never sent again.

    Books Dr 2410 / Cr 1120 for each and returns the minor units: that much of the disputed amount is accounted for.
    Call it in the transaction that books the lost dispute. Refunds under way are left alone: they are the provider's.
    """
    never_sent = Q(status=Status.CREATED, attempted_at__isnull=True)
    owed = Q(status=Status.FAILED) | never_sent
    return _settle(owed, dispute, AccountKey(Code.DISPUTED_FUNDS), room=dispute.amount_minor)


@transaction.atomic
def absorb_failed(*, dispute: Dispute, room: int) -> int:
    """Refunds that failed after the bank had taken the money are owed to nobody: the payer has it from the bank.

    When the dispute was lost they counted as given, so their amount was booked as our loss (5110). That loss did not
    come about: Dr 2410 / Cr 5110, up to `room`, the loss that is booked. Returns the minor units settled.
    """
    failed = Q(status=Status.FAILED)
    return _settle(failed, dispute, AccountKey(Code.CHARGEBACK_LOSS), room=room, only=waits_for_bank)


def _settle(
    which: Q, dispute: Dispute, account: AccountKey, *, room: int, only: Callable[[Refund], bool] = lambda _refund: True
) -> int:
    """Those of the payment's refunds that fit into `room`, oldest first; returns the minor units settled."""
    payment = Payment.locked(dispute.payment_id)
    absorbed = 0
    for refund_id in list(payment.refunds.filter(which).order_by("created_at", "pk").values_list("pk", flat=True)):
        refund = lock(refund_id)
        left = refund.left_minor
        if absorbed + left <= room and only(refund):
            _given_by_bank(refund, dispute, account)
            absorbed += left
    return absorbed


def _given_by_bank(refund: Refund, dispute: Dispute, account: AccountKey) -> None:
    refund.attempt += 1
    refund.method = Refund.Method.MANUAL
    refund.evidence = f"{by_bank(dispute)} the payer's bank gave it back"
    refund.next_check_at = None
    refund.save(update_fields=["attempt", "method", "evidence", "next_check_at"])
    succeed(refund, source=CALLBACK, from_account=account)
