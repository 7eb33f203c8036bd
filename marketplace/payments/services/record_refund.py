"""Where every answer about a refund ends up, whoever brings it. Any number may bring the same: one of them moves."""

import datetime as dt
import uuid
from dataclasses import asdict

from django.db import transaction

from marketplace.core import clock, outbox
from marketplace.ledger.accounts import AccountKey
from marketplace.notifications.services import clear_alert, raise_alert
from marketplace.payments.models import Payment, Refund
from marketplace.payments.providers.base import RefundOutcome
from marketplace.payments.services.book_refund import book_refund_settled, unbook_refund_settled, was_unbooked
from marketplace.payments.services.story import tell

Status = Refund.Status
WAITS = (15, 30, 60, 300, 900, 3600, 3 * 3600, 6 * 3600)
"""Seconds between questions about a refund on its way; then every six hours, for as long as it takes."""
SAVED = ("next_check_at", "external_id", "receipt", "attempted_at", "failure_code", "failure_text")
STUCK_AFTER = 6
"""Questions without an answer, about an hour and a half, after which a person is told."""
QUEUED = "queue_timeout"
"""It waited too long at the provider: accepted, and now nobody can say."""
SETTLED = ("settled_at", "failure_code", "failure_text")


@transaction.atomic
def record_refund(
    *, refund_id: uuid.UUID | str, outcome: RefundOutcome, source: str, attempt: int | None = None
) -> Refund:
    """Write down what the provider said and draw the conclusion, under the locks of payment and refund.

    `attempt`: which attempt the news is about; news of an earlier one is only noted.
    """
    refund = lock(refund_id)
    about = refund.attempt if attempt is None else attempt
    tell(refund.payment, source=source, kind="refund_outcome", refund=refund.pk, attempt=about, **_told(outcome))
    if about != refund.attempt:
        return refund
    _adopt(refund, outcome)
    if outcome.state == "succeeded" and was_unbooked(refund):
        # What has failed after it had succeeded does not succeed again under the same name: this is older news.
        _alarm(refund, "refund_failed", "It had succeeded, failed, and is now said to have succeeded: look it up.")
    elif outcome.state == "succeeded":
        succeed(refund, source=source)
    elif outcome.state == "failed":
        _fail(refund, outcome, source)
    elif outcome.state == "not_sent":
        _not_sent(refund, outcome)
    else:
        _under_way(refund, outcome, source)
    refund.next_check_at = next_check(refund)
    refund.save(update_fields=SAVED)
    if refund.checks >= STUCK_AFTER and refund.next_check_at is not None:
        _alarm(refund, "refund_stuck", f"Asked {refund.checks} times, and it is still {Status(refund.status).label}.")
    return refund


def _alarm(refund: Refund, code: str, text: str) -> None:
    """Put it before a person, once per refund while it is open. Names no person."""
    subject = f"Refund of {refund.amount} for {refund.payment.reference}"
    raise_alert(code=code, subject=subject, text=f"{refund.get_method_display()}: {text}", key=_alert_key(refund))


def _alert_key(refund: Refund) -> str:
    return f"refund:{refund.pk}"


@transaction.atomic
def claimed(*, refund_id: uuid.UUID | str, claim: RefundOutcome, source: str, message: int) -> Refund:
    """An unsigned message says how it ended: noted, with the provider's name of the request, and not believed yet."""
    refund = lock(refund_id)
    known = refund.payment.events.filter(kind="refund_claim", data__message=message)
    if not known.exists():
        tell(refund.payment, source=source, kind="refund_claim", refund=refund.pk, message=message, **_told(claim))
    if refund.external_id is None and claim.external_id:
        refund.external_id = claim.external_id
        refund.save(update_fields=["external_id"])
    return refund


@transaction.atomic
def doubt_refund(*, refund_id: uuid.UUID | str, outcome: RefundOutcome, code: str) -> Refund:
    """The provider says no to a request that may only have repeated one which was carried out: nothing is concluded.

    The request's name is forgotten, so that the provider is asked about the payment, under `code`, and not about it.
    """
    refund = lock(refund_id)
    tell(refund.payment, source="query", kind="refund_doubted", refund=refund.pk, **_told(outcome))
    if refund.status in (Status.SENT, Status.UNKNOWN):
        if refund.status == Status.SENT:
            _move(refund, Status.UNKNOWN, "query")
        refund.external_id, refund.failure_code, refund.next_check_at = None, code, next_check(refund)
        refund.save(update_fields=["external_id", "failure_code", "next_check_at"])
    return refund


def lock(refund_id: uuid.UUID | str) -> Refund:
    """The refund under its lock and its payment's, which always comes first. Only inside a transaction."""
    payment = Payment.locked(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    refund = Refund.locked(refund_id)
    refund.payment = payment
    return refund


def next_check(refund: Refund) -> dt.datetime | None:
    """When it is looked after next; None once it has succeeded or failed."""
    if refund.status in (Status.SUCCEEDED, Status.FAILED):
        return None
    return clock.in_seconds(WAITS[min(refund.checks, len(WAITS) - 1)])


def succeed(refund: Refund, *, source: str, from_account: AccountKey | None = None) -> None:
    """The money is given back: book it and tell. Once. `from_account`: whose money it was, when not the usual one."""
    if refund.status == Status.SUCCEEDED:
        return
    refund.settled_at, refund.failure_code, refund.failure_text = clock.now(), "", ""
    clear_alert(key=_alert_key(refund))
    _move(refund, Status.SUCCEEDED, source)
    if refund.origin == Refund.Origin.OURS or refund.attempt > 1:
        book_refund_settled(refund, source=from_account)
    outbox.publish("payments.refund_succeeded", refund_id=str(refund.pk), key=refund.key)


def _fail(refund: Refund, outcome: RefundOutcome, source: str) -> None:
    """It stays owed: the money remains on 2410 and the share reserved until it is tried again or paid by hand."""
    if refund.status == Status.FAILED or (refund.status == Status.SUCCEEDED and not outcome.undoes):
        return
    if refund.status == Status.SUCCEEDED:
        unbook_refund_settled(refund)
    refund.settled_at = clock.now()
    code, text = _why(refund, outcome)
    refund.failure_code, refund.failure_text = code[:60] or "failed", text[:300]
    _move(refund, Status.FAILED, source)
    outbox.publish("payments.refund_failed", refund_id=str(refund.pk), key=refund.key, code=refund.failure_code)
    _alarm(refund, "refund_failed", refund.failure_text or refund.failure_code)


def _why(refund: Refund, outcome: RefundOutcome) -> tuple[str, str]:
    """In the words of the message that claimed the failure, when the provider has only confirmed it."""
    told = refund.payment.events.filter(kind="refund_claim", data__refund=str(refund.pk), data__state="failed")
    claim = told.order_by("-at").values_list("data", flat=True).first() or {}
    if outcome.undoes or not claim.get("text"):
        return outcome.code, outcome.text
    return str(claim.get("code", "")), str(claim["text"])


def _not_sent(refund: Refund, outcome: RefundOutcome) -> None:
    """Certainly not with the provider: the same attempt may start again."""
    if refund.status == Status.CREATED:
        refund.attempted_at = None
        refund.failure_code, refund.failure_text = outcome.code[:60], outcome.text[:300]


def _under_way(refund: Refund, outcome: RefundOutcome, source: str) -> None:
    target = Status.SENT if outcome.state == "sent" else Status.UNKNOWN
    if refund.status == target == Status.UNKNOWN:
        refund.failure_code = outcome.code[:60] or refund.failure_code
    if refund.status == target or not refund.can_move_to(target) or refund.status == Status.FAILED:
        return
    if target == Status.UNKNOWN and refund.status == Status.SENT and outcome.code != QUEUED:
        return  # no news of what is known to be on its way
    if refund.status != Status.SUCCEEDED:
        refund.failure_code, refund.failure_text = outcome.code[:60], outcome.text[:300]
        _move(refund, target, source)


def _adopt(refund: Refund, outcome: RefundOutcome) -> None:
    refund.external_id = refund.external_id or outcome.external_id or None
    refund.receipt = refund.receipt or outcome.receipt


def _told(outcome: RefundOutcome) -> dict[str, object]:
    return {key: value for key, value in asdict(outcome).items() if value not in ("", None, False, {})}


def _move(refund: Refund, target: str, source: str) -> None:
    before = refund.status
    refund.move_to(target, also=SETTLED)
    tell(refund.payment, source=source, kind="refund_moved", refund=refund.pk, before=before, after=str(target),
         reason=refund.failure_code)  # fmt: skip
