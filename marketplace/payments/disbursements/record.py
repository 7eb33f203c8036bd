"""Where every answer of every rail ends up. Any number of racers may bring the same news: one of them moves."""

import uuid
from dataclasses import asdict

from django.db import IntegrityError, transaction

from marketplace.core import clock
from marketplace.payments.disbursements import move
from marketplace.payments.disbursements.alarm import STUCK, alarm
from marketplace.payments.disbursements.fees import book_fee
from marketplace.payments.disbursements.plan import next_check
from marketplace.payments.disbursements.story import tell
from marketplace.payments.models import Disbursement
from marketplace.payments.rails.base import RailOutcome

Status = Disbursement.Status
STUCK_AFTER = 6
"""Questions without an answer after which nobody knows, and a person is told."""


@transaction.atomic
def record_outcome(*, disbursement_id: uuid.UUID | str, outcome: RailOutcome, source: str) -> Disbursement:
    """Write down what the rail said and draw the conclusion, under the row lock.

    Paid wins over every earlier failure. Only `reversed`, the rail's word that the money came back, undoes paid.
    """
    disbursement = Disbursement.locked(disbursement_id)
    tell(disbursement, source=source, kind="outcome", **_told(outcome))
    if outcome.state == "paid":
        _paid(disbursement, outcome, source)
    elif outcome.state in ("failed", "reversed"):
        _failed(disbursement, outcome, source)
    else:
        _no_news(disbursement, outcome, source)
    disbursement.next_check_at = next_check(disbursement, now=clock.now())
    disbursement.save(update_fields=["next_check_at", "receipt"])
    return disbursement


def _told(outcome: RailOutcome) -> dict[str, object]:
    return {key: value for key, value in asdict(outcome).items() if value not in ("", None, False, {})}


def _paid(disbursement: Disbursement, outcome: RailOutcome, source: str) -> None:
    problem = _contradiction(disbursement, outcome)
    if not problem and disbursement.status == Status.CANCELLED:
        problem = "cancelled"
    if problem:
        return _puzzle(disbursement, problem, source)
    disbursement.receipt = disbursement.receipt or outcome.receipt[:60]
    if disbursement.status != Status.PAID:
        move.pay(disbursement, source=source)
    if outcome.fee_minor is not None:
        book_fee(disbursement, outcome.fee_minor)
    return None


def _contradiction(disbursement: Disbursement, outcome: RailOutcome) -> str:
    if outcome.amount is not None and outcome.amount != disbursement.amount:
        return "amount_mismatch"
    if outcome.external_id and disbursement.external_id != outcome.external_id:
        if disbursement.external_id:
            return "other_transaction"
        if not claim_name(disbursement, outcome.external_id):
            return "name_taken"
    return ""


def _failed(disbursement: Disbursement, outcome: RailOutcome, source: str) -> None:
    if disbursement.status == Status.PAID and outcome.state != "reversed":
        return _puzzle(disbursement, "failed_after_paid", source)
    if disbursement.can_move_to(Status.FAILED):
        # What the result claimed is plainer than what a question brings: "the receiver is not registered".
        code, text = claimed_failure(disbursement) or (outcome.code, outcome.text)
        move.fail(disbursement, code, text, source=source)
    return None


def _no_news(disbursement: Disbursement, outcome: RailOutcome, source: str) -> None:
    claimed = claimed_failure(disbursement)
    if outcome.state == "not_found" and claimed and disbursement.status in (Status.SENT, Status.UNKNOWN):
        return move.fail(disbursement, *claimed, source=source)
    if disbursement.status == Status.SENT and outcome.queued:
        move.doubt(disbursement, "queue_timeout", source=source)
    nobody_knows(disbursement, outcome.code or "no answer", source=source)
    return None


def nobody_knows(disbursement: Disbursement, why: str, *, source: str) -> None:
    """After so many questions it is uncertain, and a person is told. Before that nothing happens."""
    if disbursement.checks < STUCK_AFTER:
        return
    if disbursement.status == Status.SENT:
        move.doubt(disbursement, "no_result", source=source)
    if disbursement.status in (Status.CREATED, Status.UNKNOWN):
        alarm(disbursement, STUCK, f"Nobody can say what became of it ({why}).")


def _puzzle(disbursement: Disbursement, problem: str, source: str) -> None:
    """What the rail says contradicts what we know: nothing is concluded, and a person is told."""
    tell(disbursement, source=source, kind="contradiction", reason=problem)
    alarm(disbursement, "disbursement_contradiction", f"The rail contradicts what we know: {problem}.")
    if disbursement.status in (Status.CREATED, Status.SENT):
        move.doubt(disbursement, problem, source=source)


def claimed_failure(disbursement: Disbursement) -> tuple[str, str] | None:
    """Code and text of the failure its own result claimed, while that waits to be confirmed."""
    claim = disbursement.events.filter(kind="claimed").order_by("at").last()
    return (claim.data["code"], claim.data["text"]) if claim else None


def claim_name(disbursement: Disbursement, name: str) -> bool:
    """Write the rail's name for it, which no two may share. False, and nothing written, when another has it."""
    try:
        with transaction.atomic():
            Disbursement.objects.filter(pk=disbursement.pk).update(external_id=name)
    except IntegrityError:
        return False
    disbursement.external_id = name
    return True
