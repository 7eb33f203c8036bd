"""People decide about payouts. Every decision is a row that stays, and a line of the activity log."""

import uuid
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q

from marketplace.audit.services import record
from marketplace.core import clock, outbox
from marketplace.core.errors import Refusal
from marketplace.payments.disbursements.cancel import cancel_disbursement
from marketplace.payouts import emails
from marketplace.payouts.errors import NotWaiting, OwnPayout, ReasonNeeded, SecondPersonNeeded
from marketplace.payouts.models import Payout, PayoutDecision
from marketplace.payouts.services.booking import book_back
from marketplace.sellers.models import SellerMember

Status = Payout.Status
Verb = PayoutDecision.Verb


@transaction.atomic
def approve_payout(*, payout_id: int, actor_id: int) -> Payout:
    """Agree. With the last agreement needed it is sent. Refuses: `not_waiting`, `own_payout`, `second_person_needed`.

    Agreement given before a hold counts no more: something was not clear then.
    """
    payout = _locked(payout_id, {Status.PROPOSED})
    agreed = approvers(payout.decisions.all())
    refusal = why_not_approve(payout, actor_id, agreed)
    if refusal is not None:
        raise refusal
    _decide(payout, Verb.APPROVE, actor_id, "")
    if len(agreed) + 1 >= payout.approvals_needed:
        payout.approved_at, payout.reason = clock.now(), ""
        payout.move_to(Status.APPROVED, also=("approved_at", "reason"))
        outbox.publish("payouts.approved", payout_id=payout.pk)
    return payout


@transaction.atomic
def hold_payout(*, payout_id: int, actor_id: int, reason: str) -> Payout:
    """Nothing leaves until it is let go. The seller is told why."""
    payout = _locked(payout_id, {Status.PROPOSED, Status.APPROVED})
    return _end(payout, Status.HELD, Verb.HOLD, actor_id, reason)


@transaction.atomic
def let_go(*, payout_id: int, actor_id: int) -> Payout:
    """To be reviewed again, from the start."""
    payout = _locked(payout_id, {Status.HELD})
    _decide(payout, Verb.RELEASE, actor_id, "")
    payout.reason, payout.approved_at = "", None
    payout.move_to(Status.PROPOSED, also=("reason", "approved_at"))
    return payout


@transaction.atomic
def reject_payout(*, payout_id: int, actor_id: int, reason: str) -> Payout:
    """Not this one. The money stays on the seller's balance; the next run of their schedule proposes it again."""
    payout = _locked(payout_id, {Status.PROPOSED, Status.HELD})
    return _end(payout, Status.REJECTED, Verb.REJECT, actor_id, reason)


@transaction.atomic
def cancel_payout(*, payout_id: int, actor_id: int | None, reason: str) -> Payout:
    """Given up before the rail heard of it; what was booked out comes back. The next run proposes it anew.

    Refuses what the rail may have heard of: `not_cancellable`.
    """
    payout = _locked(payout_id, {Status.PROPOSED, Status.HELD, Status.APPROVED, Status.SENDING})
    if payout.status == Status.SENDING and payout.disbursement_id is not None:
        cancel_disbursement(disbursement_id=payout.disbursement_id, actor_id=actor_id)
        book_back(payout)
    return _end(payout, Status.CANCELLED, Verb.CANCEL, actor_id, reason)


def why_not_approve(payout: Payout, actor_id: int, agreed: Collection[int]) -> Refusal | None:
    """What stands against this person's agreement; `agreed` as `approvers` gives it."""
    chose_place = payout.destination.actor_id == actor_id
    if payout.run.actor_id == actor_id or chose_place or _acts_for_seller(payout, actor_id):
        return OwnPayout()
    return SecondPersonNeeded() if actor_id in agreed else None


def approvers(decisions: Iterable[PayoutDecision]) -> Collection[int]:
    """Who has agreed since it was last held."""
    agreed: set[int] = set()
    for row in sorted(decisions, key=lambda row: (row.at, row.pk)):
        if row.verb in (Verb.HOLD, Verb.RELEASE):
            agreed.clear()
        elif row.verb == Verb.APPROVE and row.actor_id is not None:
            agreed.add(row.actor_id)
    return agreed


def _locked(payout_id: int, within: Collection[str]) -> Payout:
    payout = Payout.locked(payout_id)
    if payout.status not in within:
        raise NotWaiting(status=payout.status)
    return payout


def refuse_own(*, disbursement_ids: Collection[uuid.UUID | None], actor_id: int | None) -> None:
    """Nobody says how payouts to a seller they act for, or to a place they chose, have ended. Raises `OwnPayout`."""
    own = Q(seller__members__user=actor_id) | Q(destination__actor_id=actor_id)
    if actor_id and Payout.objects.filter(own, disbursement__in=list(disbursement_ids)).exists():
        raise OwnPayout


def _acts_for_seller(payout: Payout, actor_id: int) -> bool:
    return SellerMember.objects.filter(seller=payout.seller_id, user=actor_id).exists()


def _end(payout: Payout, target: str, verb: str, actor_id: int | None, reason: str) -> Payout:
    reason = reason.strip()[:300]
    if not reason:
        raise ReasonNeeded
    _decide(payout, verb, actor_id, reason)
    payout.reason = reason
    payout.move_to(target, also=("reason",))
    emails.tell_not_paid(payout)
    return payout


def _decide(payout: Payout, verb: str, actor_id: int | None, reason: str) -> None:
    PayoutDecision.objects.create(payout=payout, actor_id=actor_id, verb=verb, reason=reason)
    data = {"code": payout.code, "gross_minor": payout.gross_minor, "currency": payout.currency, "reason": reason}
    record(action=f"payout.{verb}", target=payout, actor_id=actor_id, data=data)
