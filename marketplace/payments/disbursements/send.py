"""Send a disbursement: claim it and commit, call the rail under its own key, record the answer."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from marketplace.core import clock
from marketplace.payments.disbursements import move
from marketplace.payments.disbursements.alarm import STUCK, alarm
from marketplace.payments.disbursements.plan import next_check
from marketplace.payments.disbursements.record import STUCK_AFTER, claim_name, record_outcome
from marketplace.payments.disbursements.story import tell
from marketplace.payments.models import Disbursement
from marketplace.payments.providers.base import Refused, Silent, Unavailable, outside_transaction
from marketplace.payments.rails import rail as find_rail
from marketplace.payments.rails.base import Sent

Status = Disbursement.Status
NO_ANSWER = "no_answer"
"""Why it is uncertain: the request may not have arrived. Every other doubt means that the rail has it."""
LEASE = dt.timedelta(seconds=90)
"""Longer than a call may take; a killed worker's disbursement waits at most this long."""


def send_disbursement(*, disbursement_id: uuid.UUID | str, source: str) -> Disbursement:
    """Ask the rail to pay. Nothing happens for one that is under way, settled, or taken to the bank by a person.

    A process killed after the rail accepted and before that was recorded leaves it CREATED: it is asked for again
    under the same key, which the rail recognizes.
    """
    outside_transaction()
    disbursement = Disbursement.objects.get(pk=disbursement_id)
    way = find_rail(disbursement.rail)
    if not way.automatic or not may_send(disbursement):
        return disbursement
    first = disbursement.sent_at is None
    if not _claim(disbursement):
        return Disbursement.objects.get(pk=disbursement_id)
    try:
        sent = way.send(disbursement)
    except Silent as silence:
        return _record_silence(disbursement.pk, silence, source)
    except Refused as refusal:
        return _record_no(disbursement.pk, refusal, first=first, source=source)
    disbursement = _record_accepted(disbursement.pk, sent, source)
    if sent.outcome is None:
        return disbursement
    return record_outcome(disbursement_id=disbursement.pk, outcome=sent.outcome, source=source)


def may_send(disbursement: Disbursement) -> bool:
    """Certainly never heard of, or unanswered and still within the time its key protects a repeat."""
    if disbursement.sent_at is None:
        return disbursement.status == Status.CREATED
    silent = disbursement.status == Status.UNKNOWN and disbursement.failure_code == NO_ANSWER
    unanswered = (disbursement.status == Status.CREATED or silent) and disbursement.external_id is None
    protected = dt.timedelta(seconds=find_rail(disbursement.rail).repeat_seconds)
    return unanswered and clock.now() < disbursement.sent_at + protected


def _claim(disbursement: Disbursement) -> bool:
    """One sender at a time, and none after a cancellation. From here on the rail may have heard of it."""
    now = clock.now()
    free = Q(checked_at__isnull=True) | Q(checked_at__lte=now - LEASE) | ~Q(status=Status.CREATED)
    mine = Disbursement.objects.filter(free, pk=disbursement.pk, status=disbursement.status)
    mine = mine.filter(checked_at=disbursement.checked_at)
    return bool(
        mine.update(checked_at=now, sent_at=Coalesce("sent_at", now), checks=F("checks") + 1, next_check_at=now + LEASE)
    )


@transaction.atomic
def _record_accepted(disbursement_id: uuid.UUID, sent: Sent, source: str) -> Disbursement:
    """The result may have been faster: then it has moved already and only its name is noted."""
    disbursement = Disbursement.locked(disbursement_id)
    kind = "accepted" if sent.external_id else "accepted_before"
    tell(disbursement, source=source, kind=kind, answer=sent.answer)
    if sent.external_id and disbursement.external_id is None:
        claim_name(disbursement, sent.external_id)
    if disbursement.status in (Status.CREATED, Status.UNKNOWN) and sent.outcome is None:
        disbursement.failure_code = ""
        move.accept(disbursement, source=source)
    return _plan(disbursement)


@transaction.atomic
def _record_silence(disbursement_id: uuid.UUID, silence: Silent, source: str) -> Disbursement:
    """Perhaps accepted, perhaps not."""
    disbursement = Disbursement.locked(disbursement_id)
    tell(disbursement, source=source, kind="no_answer", answer=silence.answer)
    if disbursement.status == Status.CREATED:
        move.doubt(disbursement, NO_ANSWER, source=source)
    return _plan(disbursement)


@transaction.atomic
def _record_no(disbursement_id: uuid.UUID, refusal: Refused, *, first: bool, source: str) -> Disbursement:
    """It certainly did not go this time. Whether an earlier, unanswered try went is another question."""
    disbursement = Disbursement.locked(disbursement_id)
    away = isinstance(refusal, Unavailable)
    tell(disbursement, source=source, kind="not_reached" if away else "refused", code=refusal.code, text=refusal.text,
         answer=refusal.answer)  # fmt: skip
    if first and disbursement.status == Status.CREATED:
        if away:
            disbursement.sent_at = disbursement.checked_at = None
            disbursement.save(update_fields=["sent_at", "checked_at"])
        else:
            move.fail(disbursement, refusal.code, refusal.text, source=source)
    elif disbursement.status == Status.CREATED:
        move.doubt(disbursement, NO_ANSWER, source=source)
    if disbursement.status == Status.CREATED and disbursement.checks >= STUCK_AFTER:
        alarm(disbursement, STUCK, f"It cannot be sent: {refusal.code}.")
    return _plan(disbursement)


def _plan(disbursement: Disbursement) -> Disbursement:
    disbursement.next_check_at = next_check(disbursement, now=clock.now())
    disbursement.save(update_fields=["next_check_at", "failure_code"])
    return disbursement
