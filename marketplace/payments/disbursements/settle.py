"""Find out what became of a disbursement: repeat an unanswered request, or ask."""

import datetime as dt
import logging
import uuid

from django.db import transaction
from django.db.models import F, Q

from marketplace.core import clock
from marketplace.payments.disbursements.plan import next_check
from marketplace.payments.disbursements.record import nobody_knows, record_outcome
from marketplace.payments.disbursements.send import may_send, send_disbursement
from marketplace.payments.disbursements.story import RECONCILER, tell
from marketplace.payments.models import Disbursement
from marketplace.payments.providers.base import outside_transaction
from marketplace.payments.rails import rail as find_rail
from marketplace.payments.rails.base import Asked, RailOutcome

logger = logging.getLogger(__name__)
Status = Disbursement.Status
PAUSE_SECONDS = 5
"""At most one question per disbursement in this time: rails throttle questions."""
LEASE = dt.timedelta(seconds=90)
SILENT_AFTER = dt.timedelta(hours=1)
"""Until then answers to questions may still be on their way, however often it was asked."""
CERTAIN_AFTER = dt.timedelta(hours=24)
"""When a rail that can be searched at once knows nothing of a transfer for so long, it was never made."""


def settle_disbursement(*, disbursement_id: uuid.UUID | str, source: str) -> Disbursement:
    """Bring a disbursement forward. M-Pesa answers by a message of its own: then this only asks."""
    outside_transaction()
    disbursement = Disbursement.objects.get(pk=disbursement_id)
    way = find_rail(disbursement.rail)
    if not way.automatic or disbursement.status == Status.CANCELLED:
        return disbursement
    if may_send(disbursement):
        return send_disbursement(disbursement_id=disbursement_id, source=source)
    if not _claim_question(disbursement):
        return disbursement
    answer = way.query(disbursement)
    if isinstance(answer, Asked):
        return _record_question(disbursement.pk, answer, source)
    return record_outcome(disbursement_id=disbursement.pk, outcome=_certain(disbursement, answer), source=source)


def _claim_question(disbursement: Disbursement) -> bool:
    quiet = Q(checked_at__isnull=True) | Q(checked_at__lte=clock.now() - dt.timedelta(seconds=PAUSE_SECONDS))
    mine = Disbursement.objects.filter(quiet, pk=disbursement.pk)
    return mine.update(checked_at=clock.now(), checks=F("checks") + 1) == 1


def _certain(disbursement: Disbursement, outcome: RailOutcome) -> RailOutcome:
    """A search that finds nothing for a day: nothing left us."""
    if outcome.state != "not_found" or disbursement.sent_at is None:
        return outcome
    if clock.now() < disbursement.sent_at + CERTAIN_AFTER:
        return outcome
    return RailOutcome("failed", code="never_made", text=outcome.text, answer=outcome.answer)


@transaction.atomic
def _record_question(disbursement_id: uuid.UUID, asked: Asked, source: str) -> Disbursement:
    """The answer must bear the question's name, which only the rail and we know."""
    disbursement = Disbursement.locked(disbursement_id)
    tell(disbursement, source=source, kind="asked", question=asked.question_id, answer=asked.answer)
    if clock.now() >= (disbursement.sent_at or disbursement.created_at) + SILENT_AFTER:
        nobody_knows(disbursement, "the answers to our questions do not arrive", source=source)
    disbursement.next_check_at = next_check(disbursement, now=clock.now())
    disbursement.save(update_fields=["next_check_at"])
    return disbursement


def reconcile_disbursements(*, limit: int = 100) -> int:
    """Look after every disbursement whose next check is due, the longest waiting first; returns how many."""
    due = Disbursement.objects.filter(next_check_at__lte=clock.now()).order_by("next_check_at")[:limit]
    return sum(_look_after(disbursement) for disbursement in list(due))


def _look_after(disbursement: Disbursement) -> int:
    mine = Disbursement.objects.filter(pk=disbursement.pk, next_check_at=disbursement.next_check_at)
    if not mine.update(next_check_at=clock.now() + LEASE):
        return 0
    try:
        settle_disbursement(disbursement_id=disbursement.pk, source=RECONCILER)
    except Exception:
        logger.exception("reconciler: disbursement %s could not be looked after", disbursement.pk)
    return 1
