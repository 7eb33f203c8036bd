"""A transfer that carries no refund any more: the money went back another way, and perhaps by the transfer as well."""

import uuid

from django.db import transaction

from marketplace.ledger.accounts import AccountKey, Code
from marketplace.ledger.selectors import entry
from marketplace.ledger.services import post, reverse
from marketplace.notifications.services import clear_alert, raise_alert
from marketplace.payments.models import Disbursement


@transaction.atomic
def settle_stray(*, disbursement_id: uuid.UUID | str) -> None:
    """Paid: the payer has it twice, which is our loss until somebody gets it back, and a person is told.

    Failed after that: booked back. Idempotent, and right however often the rail changes its mind.
    """
    transfer = Disbursement.locked(disbursement_id)
    turn = 1
    while entry(_key(transfer, turn, "back")) is not None:
        turn += 1
    booked = entry(_key(transfer, turn))
    alert = f"refund_paid_twice:{transfer.key}"
    if transfer.status == Disbursement.Status.PAID and booked is None:
        minor = transfer.amount_minor
        lines = {AccountKey(Code.CHARGEBACK_LOSS): minor, AccountKey(Code.MPESA_FLOAT): -minor}
        post(
            key=_key(transfer, turn), kind="refund_paid_twice", currency=transfer.currency, lines=lines,
            reference=transfer.reference,
        )  # fmt: skip
        raise_alert(
            code="refund_paid_twice", key=alert, subject=f"A refund was paid twice: {transfer.amount}",
            text=f"The transfer {transfer.key} was given up or replaced, and was paid after all. It is booked as a"
            " loss; ask the payer for it back.",
        )  # fmt: skip
    elif transfer.status == Disbursement.Status.FAILED and booked is not None:
        reverse(entry=booked, key=_key(transfer, turn, "back"))
        clear_alert(key=alert)


def _key(transfer: Disbursement, turn: int, *more: str) -> str:
    return ":".join(("disbursement", str(transfer.pk), "twice", str(turn), *more))
