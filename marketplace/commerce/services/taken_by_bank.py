"""What a bank has taken is not owed as a refund as well."""

from django.db import transaction

from marketplace.commerce.models import Order
from marketplace.ledger import selectors as books
from marketplace.ledger.accounts import Code
from marketplace.payments.models import Dispute, Refund
from marketplace.payments.services import absorb_failed

LOSSES = ("dispute_lost", "refund", "refund_settled")
"""Kinds of entries that book a chargeback loss, or take it back."""


@transaction.atomic
def taken_by_bank(*, refund_id: str) -> None:
    """A refund has failed, or was covered in part: if the bank has the money, settle it."""
    payment = Refund.objects.select_related("payment").get(pk=refund_id).payment
    order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(code=payment.reference).first()
    dispute = payment.disputes.filter(status=Dispute.Status.LOST).order_by("-opened_at").first()
    if order is not None and dispute is not None:
        settle_failed(order, dispute)


def settle_failed(order: Order, dispute: Dispute) -> int:
    """Settle what failed with what we booked as lost for it. Under the order's lock; returns minor units."""
    booked = books.booked_for(references=[order.code], kinds=LOSSES)
    return absorb_failed(dispute=dispute, room=booked.get((order.code, Code.CHARGEBACK_LOSS), 0))
