from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.errors import Refusal
from marketplace.ledger.services import Overdrawn
from marketplace.payments.disbursements.create import create_disbursement
from marketplace.payouts.models import Destination, Payout, Verification
from marketplace.payouts.services.booking import book_out
from marketplace.payouts.services.destinations import details_of
from marketplace.payouts.services.review import cancel_payout

Status = Payout.Status


@transaction.atomic
def send_payout(*, payout_id: int) -> Payout:
    """Book an approved payout as in transit and write the order to send it, in one transaction. Repeating it is safe.

    What was approved must still be so: the same destination, a verified seller, a balance that covers it. Otherwise
    it is cancelled with the reason, and the next run proposes what is right then.
    """
    payout = Payout.locked(payout_id)
    if payout.status != Status.APPROVED:
        return payout
    reason = _what_changed(payout) or _send(payout)
    if reason:
        return cancel_payout(payout_id=payout.pk, actor_id=None, reason=reason)
    payout.move_to(Status.SENDING, also=("disbursement",))
    return payout


def _what_changed(payout: Payout) -> str:
    """Why it may not leave any more; empty when all is as it was approved."""
    destination = Destination.locked(payout.destination_id)
    if destination.status != Destination.Status.ACTIVE:
        return _("The destination was changed after this payout was approved.")
    if not Verification.objects.filter(seller=payout.seller_id, status=Verification.Status.APPROVED).exists():
        return _("The seller is not verified any more.")
    return ""


def _send(payout: Payout) -> str:
    """Book and order; or undo both and say why not."""
    try:
        with transaction.atomic():
            book_out(payout)
            payout.disbursement = create_disbursement(
                key=f"payout-{payout.code}",
                rail=payout.destination.rail,
                amount=payout.net,
                destination=details_of(payout.destination),
                hint=payout.destination.hint,
                purpose="payout",
                reference=payout.code,
            )
    except Overdrawn:
        payout.bookings = 0
        return _("The balance covers it no longer: refunds or disputes came in between.")
    except Refusal as refusal:
        payout.bookings = 0
        return str(refusal)
    return ""
