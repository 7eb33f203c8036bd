"""M-Pesa's word about money we sent: unsigned, behind a secret address. A claim, until M-Pesa is asked and agrees."""

from dataclasses import replace

from django.db import transaction

from marketplace.core import clock
from marketplace.payments import conf, inbox
from marketplace.payments.disbursements.record import record_outcome
from marketplace.payments.disbursements.send import LEASE
from marketplace.payments.disbursements.settle import settle_disbursement
from marketplace.payments.disbursements.story import CALLBACK, tell
from marketplace.payments.inbox import Conclusion, done, ignored, later, quarantined
from marketplace.payments.models import Disbursement, InboxMessage
from marketplace.payments.providers.mpesa import b2c, status
from marketplace.payments.providers.mpesa.results import Result, read_result
from marketplace.payments.rails.base import RailOutcome

Status = Disbursement.Status
SUBJECT = "disbursement:"
SETTLED = frozenset(
    {(Status.PAID, "paid"), (Status.PAID, "unknown"), (Status.FAILED, "failed"), (Status.FAILED, "unknown")}
)
"""Where we are and what a result claims, when it brings nothing new."""
MANY_TRIES = 6
"""About a minute and a half: longer than writing down that a question was accepted takes."""


@inbox.behind("b2c")
@inbox.behind("ask")
def disbursement_behind(token: str) -> str:
    found = Disbursement.objects.filter(callback_token=token).values_list("pk", flat=True).first()
    return f"{SUBJECT}{found}" if found else ""


@inbox.thinks_about("mpesa", "b2c.timeout", "ask.disbursement.timeout")
def about_queue(message: InboxMessage) -> Conclusion:
    """It waited too long at M-Pesa. Not a failure: it may still be done, and is never sent again instead."""
    if message.kind.startswith("b2c"):
        disbursement = subject(message)
        queued = RailOutcome("unknown", code="queue_timeout", queued=True)
        record_outcome(disbursement_id=disbursement.pk, outcome=queued, source=CALLBACK)
    return ignored("not a failure: asked about")


@inbox.thinks_about("mpesa", "b2c.result")
def about_result(message: InboxMessage) -> Conclusion:
    """What the result of a transfer claims."""
    disbursement, result = subject(message), read_result(message.body.encode())
    if disbursement.status == Status.CREATED and _is_being_sent(disbursement):
        return later("faster than the answer to the request")
    claim = b2c.claim(result)
    forged = _contradiction(disbursement, result, claim)
    if forged:
        tell(disbursement, source=CALLBACK, kind="forged", message=message.pk, contradicts=forged, answer=claim.answer)
        return quarantined(f"does not fit the transfer: {forged}")
    if (disbursement.status, claim.state) in SETTLED:
        return done(f"already {disbursement.status}")
    if disbursement.status == Status.PAID:
        record_outcome(disbursement_id=disbursement.pk, outcome=claim, source=CALLBACK)
        return quarantined("says failed, and M-Pesa has said that it was paid")
    known = disbursement.external_id is not None
    if known and claim.state in ("paid", "failed") and not _asks(disbursement):
        record_outcome(disbursement_id=disbursement.pk, outcome=claim, source=CALLBACK)
        return done()
    return _confirm(message, disbursement, claim)


def _is_being_sent(disbursement: Disbursement) -> bool:
    return disbursement.checked_at is not None and clock.now() < disbursement.checked_at + LEASE


def _contradiction(disbursement: Disbursement, result: Result, claim: RailOutcome) -> str:
    if result.originator_id and result.originator_id != disbursement.key:
        return "originator_conversation_id"
    if disbursement.external_id and result.conversation_id != disbursement.external_id:
        return "conversation_id"
    if claim.amount is not None and claim.amount != disbursement.amount:
        return "amount"
    return ""


def _asks(disbursement: Disbursement) -> bool:
    """A false failure would be sent again, a false success leaves somebody unpaid: by policy M-Pesa is asked first."""
    policy = conf.mpesa()
    if policy.confirm == "high_value":
        return disbursement.amount_minor >= policy.confirm_above_minor
    return policy.confirm == "always"


def _confirm(message: InboxMessage, disbursement: Disbursement, claim: RailOutcome) -> Conclusion:
    """Note the claim and ask. The answer is a message of its own; this one waits until it has been thought about."""
    if message.attempts == 1 or not disbursement.events.filter(kind="claim", data__message=message.pk).exists():
        _note(disbursement, message, claim)
    settle_disbursement(disbursement_id=disbursement.pk, source=CALLBACK)
    return later(f"says {claim.state}; M-Pesa is asked")


@transaction.atomic
def _note(disbursement: Disbursement, message: InboxMessage, claim: RailOutcome) -> None:
    locked = Disbursement.locked(disbursement.pk)
    tell(locked, source=CALLBACK, kind="claim", message=message.pk, state=claim.state, answer=claim.answer)
    if claim.state == "failed":
        tell(locked, source=CALLBACK, kind="claimed", code=claim.code, text=claim.text)


@inbox.thinks_about("mpesa", "ask.disbursement.result")
def about_answer(message: InboxMessage) -> Conclusion:
    """What M-Pesa answers to our question. It must bear the name that the question was accepted under."""
    disbursement, result = subject(message), read_result(message.body.encode())
    asked = disbursement.events.filter(kind="asked", data__question=result.conversation_id)
    if not result.conversation_id or not asked.exists():
        nothing = "an answer to no question of ours"
        return quarantined(nothing) if message.attempts >= MANY_TRIES else later(nothing)
    outcome = status.outcome_of(result)
    if outcome.external_id and disbursement.external_id:
        outcome = replace(outcome, external_id="")  # the question was about this one, whatever the answer calls it
    record_outcome(disbursement_id=disbursement.pk, outcome=outcome, source="query")
    return done()


def subject(message: InboxMessage) -> Disbursement:
    """The disbursement a message is about."""
    return Disbursement.objects.get(pk=message.about.removeprefix(SUBJECT))
