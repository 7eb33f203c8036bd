"""Who a seller is in law: handed in by the seller, decided by somebody who is not of the seller's people."""

from django.db import transaction

from marketplace.audit.services import record
from marketplace.core import clock
from marketplace.core.crypto import encrypt
from marketplace.payouts import emails
from marketplace.payouts.errors import NotWaiting, OwnPayout, ReasonNeeded, VerificationClosed
from marketplace.payouts.models import Verification
from marketplace.sellers.models import Seller, SellerMember

Status = Verification.Status


@transaction.atomic
def submit_verification(
    *,
    seller_id: int,
    actor_id: int | None,
    entity: str,
    legal_name: str,
    country: str,
    tax_number: str = "",
    address: str = "",
) -> Verification:
    """Hand in an application, anew after a rejection too. An empty `tax_number` keeps the one we have.

    Raises `VerificationClosed` while somebody looks at it or after it was approved.
    """
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
    row, _ = Verification.objects.select_for_update(no_key=True, of=("self",)).get_or_create(
        seller=seller, defaults={"status": Status.DRAFT}
    )
    if not row.can_move_to(Status.SUBMITTED):
        raise VerificationClosed
    row.entity, row.legal_name, row.country, row.address = entity, legal_name.strip(), country.upper(), address.strip()
    number = "".join(tax_number.split()).upper()
    if number:
        row.tax_number_ciphertext, row.tax_number_hint = encrypt(number), f"...{number[-3:]}"
    row.submitted_at, row.note = clock.now(), ""
    row.decided_at = row.decided_by = None  # an earlier decision stays in the activity log
    row.save()
    row.move_to(Status.SUBMITTED)
    record(action="verification.submitted", target=seller, actor_id=actor_id)
    return row


@transaction.atomic
def decide_verification(*, seller_id: int, approve: bool, actor_id: int, note: str = "") -> Verification:
    """Approve, or say what is missing; the seller is told. An approval may be taken back later.

    Raises `NotWaiting`, `OwnPayout` for the seller's own people, `ReasonNeeded` for a rejection without a note.
    """
    row = Verification.objects.select_for_update(no_key=True, of=("self",)).get(seller=seller_id)
    target = Status.APPROVED if approve else Status.REJECTED
    if not row.can_move_to(target):
        raise NotWaiting
    if SellerMember.objects.filter(seller=seller_id, user=actor_id).exists():
        raise OwnPayout
    if not approve and not note.strip():
        raise ReasonNeeded
    row.note, row.decided_at, row.decided_by = note.strip()[:300], clock.now(), actor_id
    row.move_to(target, also=("note", "decided_at", "decided_by"))
    data = {"approved": approve, "note": row.note}
    record(action="verification.decided", target=row.seller, actor_id=actor_id, data=data)
    emails.tell_verification(row)
    return row
