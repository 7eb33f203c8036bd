import uuid
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core import clock
from marketplace.payments.models import Disbursement
from marketplace.payouts import emails
from marketplace.payouts.models import Payout
from marketplace.payouts.services.booking import book_back, book_out, book_settled
from marketplace.payouts.services.even_out import even_out
from marketplace.payouts.services.invoice import issue_invoice
from marketplace.payouts.services.one_by_one import one_by_one

Status = Payout.Status
Sent = Disbursement.Status


@transaction.atomic
def settle_payout(*, disbursement_id: uuid.UUID | str) -> Payout | None:
    """Bring a payout to where its disbursement is now, however often and in whatever order the news comes.

    None when the disbursement is for something else.
    """
    found = Payout.objects.filter(disbursement__pk=disbursement_id).values_list("pk", flat=True).first()
    if found is None:
        return None
    payout = Payout.locked(found)
    disbursement = Disbursement.objects.get(pk=disbursement_id)
    target = FOLLOWS.get(disbursement.status)
    if target is not None and payout.status != target and payout.can_move_to(target):
        MOVES[target](payout, disbursement)
    return payout


def follow_up() -> int:
    """Payouts whose disbursement is done and whose news got lost. Returns how many were settled."""
    done = (Sent.PAID, Sent.FAILED, Sent.CANCELLED)
    open_ones = Payout.objects.filter(status__in=(Status.SENDING, Status.UNKNOWN), disbursement__status__in=done)
    ids = list(open_ones.order_by("pk").values_list("disbursement_id", flat=True)[:1_000])
    return one_by_one(ids, lambda pk: settle_payout(disbursement_id=pk) is not None, doing="settling payouts")


def _paid(payout: Payout, disbursement: Disbursement) -> None:
    if payout.status == Status.FAILED:  # the rail had said no: what was given back is taken again
        book_out(payout, whatever_there_is=True)
    book_settled(payout)
    payout.settled_at, payout.reason = disbursement.settled_at or clock.now(), ""
    payout.move_to(Status.PAID, also=("settled_at", "reason"))
    issue_invoice(payout)
    emails.tell_paid(payout)


def _failed(payout: Payout, disbursement: Disbursement) -> None:
    book_back(payout)
    why = disbursement.failure_text or disbursement.failure_code
    payout.reason = (why or _("It was taken back before it was sent."))[:300]
    payout.settled_at = clock.now()
    payout.move_to(Status.FAILED, also=("settled_at", "reason"))
    even_out(seller_id=payout.seller_id, currency=payout.currency)
    emails.tell_not_paid(payout)


def _unknown(payout: Payout, _disbursement: Disbursement) -> None:
    payout.move_to(Status.UNKNOWN)


def _sending(payout: Payout, _disbursement: Disbursement) -> None:
    payout.move_to(Status.SENDING)


FOLLOWS: dict[str, str] = {
    Sent.SENT: Status.SENDING,
    Sent.UNKNOWN: Status.UNKNOWN,
    Sent.PAID: Status.PAID,
    Sent.FAILED: Status.FAILED,
    Sent.CANCELLED: Status.FAILED,
}
"""Where a disbursement's state brings its payout."""
MOVES: dict[str, Callable[[Payout, Disbursement], None]] = {
    Status.SENDING: _sending,
    Status.UNKNOWN: _unknown,
    Status.PAID: _paid,
    Status.FAILED: _failed,
}
