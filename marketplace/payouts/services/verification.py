"""Who a seller is in law: handed in by the seller, decided by somebody who is not of the seller's people."""

from typing import TypedDict, Unpack

from django.db import transaction

from marketplace.audit.services import record
from marketplace.core import clock
from marketplace.core.crypto import encrypt
from marketplace.payouts import emails
from marketplace.payouts.errors import NotWaiting, OwnPayout, ReasonNeeded, VerificationClosed
from marketplace.payouts.models import Verification
from marketplace.sellers.models import Seller, SellerMember

Status = Verification.Status


class Details(TypedDict, total=False):
    """What a seller says of themselves. `country`: ISO 3166-1 alpha-2. The tax number is kept encrypted."""

    entity: str
    legal_name: str
    country: str
    tax_number: str
    address: str


@transaction.atomic
def keep_details(*, seller_id: int, **details: Unpack[Details]) -> Verification:
    """Remember what was typed so far. Sends nothing. What is left out or empty stays as it is.

    Raises `VerificationClosed` while somebody looks at it or after it was approved.
    """
    row = _locked(seller_id)
    _write(row, details)
    row.save()
    return row


@transaction.atomic
def submit_verification(*, seller_id: int, actor_id: int | None, **details: Unpack[Details]) -> Verification:
    """Hand in an application, anew after a rejection too, with these details over those we have.

    Raises `VerificationClosed` while somebody looks at it or after it was approved.
    """
    row = _locked(seller_id)
    _write(row, details)
    row.submitted_at, row.note = clock.now(), ""
    row.decided_at = row.decided_by = None  # an earlier decision stays in the activity log
    row.save()
    row.move_to(Status.SUBMITTED)
    record(action="verification.submitted", target=row.seller, actor_id=actor_id)
    return row


def _locked(seller_id: int) -> Verification:
    """The seller's own, made when there is none, as long as it may be changed."""
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
    row, _ = Verification.objects.select_for_update(no_key=True, of=("self",)).get_or_create(
        seller=seller, defaults={"status": Status.DRAFT, "country": seller.country}
    )
    if not row.can_move_to(Status.SUBMITTED):
        raise VerificationClosed
    return row


def _write(row: Verification, details: Details) -> None:
    row.entity = details.get("entity") or row.entity
    row.legal_name = details.get("legal_name", "").strip() or row.legal_name
    row.country = details.get("country", "").upper() or row.country
    row.address = details.get("address", "").strip() or row.address
    if number := "".join(details.get("tax_number", "").split()).upper():
        row.tax_number_ciphertext, row.tax_number_hint = encrypt(number), f"...{number[-3:]}"


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
