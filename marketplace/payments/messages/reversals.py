"""M-Pesa's word about reversals: unsigned, behind a secret address. A claim, until M-Pesa is asked and agrees."""

from marketplace.payments import conf, inbox
from marketplace.payments.inbox import Conclusion, done, ignored, later, quarantined
from marketplace.payments.models import InboxMessage, PaymentEvent, Refund
from marketplace.payments.providers.base import RefundOutcome
from marketplace.payments.providers.mpesa import reversal
from marketplace.payments.providers.mpesa.results import read_result
from marketplace.payments.services.record_refund import QUEUED, claimed, doubt_refund, record_refund
from marketplace.payments.services.settle_refund import settle_refund

CALLBACK = str(PaymentEvent.Source.CALLBACK)
SUBJECT = "refund:"
MANY_TRIES = 6
"""About a minute and a half: longer than writing down that a question was accepted takes."""
OVER = (Refund.Status.SUCCEEDED, Refund.Status.FAILED)


@inbox.behind(reversal.DOOR)
@inbox.behind("ask")
def refund_behind(token: str) -> str:
    found = Refund.objects.filter(callback_token=token).values_list("pk", flat=True).first()
    return f"{SUBJECT}{found}" if found else ""


@inbox.thinks_about("mpesa", "rev.result")
def about_reversal(message: InboxMessage) -> Conclusion:
    """What a result claims. R000001 needs no question: the receipt was reversed, by whichever request."""
    refund = subject(message)
    if refund.status == Refund.Status.CREATED:
        return later("faster than the answer to the request")
    if refund.method != Refund.Method.PROVIDER:
        return quarantined("it was sent another way since: look whether the payer has it twice")
    claim = reversal.of_result(read_result(message.body.encode()), refund)
    if claim is None:
        return quarantined("does not fit what was asked")
    after_all = refund.status == Refund.Status.FAILED and (claim.state == "succeeded" or claim.code == reversal.ALREADY)
    if refund.status in OVER and not after_all:
        return done(f"already {refund.status}")
    if refund.status in OVER and message.attempts >= MANY_TRIES:
        return quarantined("it had failed; M-Pesa says that it was done, and does not say so when it is asked")
    if claim.state == "unknown" or claim.code == reversal.ALREADY or not _asks(refund):
        record_refund(refund_id=refund.pk, outcome=claim, source=CALLBACK)
        return done()
    claimed(refund_id=refund.pk, claim=claim, source=CALLBACK, message=message.pk)
    settle_refund(refund_id=refund.pk, source=CALLBACK)
    return later(f"says {claim.state}; M-Pesa is asked")


def _asks(refund: Refund) -> bool:
    """A false failure would be sent again another way, a false success leaves the payer without the money."""
    policy = conf.mpesa()
    if policy.confirm == "high_value":
        return refund.amount_minor >= policy.confirm_above_minor
    return policy.confirm == "always"


@inbox.thinks_about("mpesa", "rev.timeout", "ask.refund.timeout")
def about_queue(message: InboxMessage) -> Conclusion:
    """It waited too long at M-Pesa. Not a failure: it may still be done."""
    refund = subject(message)
    sent = refund.method == Refund.Method.PROVIDER and refund.status in (Refund.Status.SENT, Refund.Status.UNKNOWN)
    if message.kind.startswith("rev") and sent:
        record_refund(refund_id=refund.pk, outcome=RefundOutcome("unknown", code=QUEUED), source=CALLBACK)
    return ignored("not a failure: asked about")


@inbox.thinks_about("mpesa", "ask.refund.result")
def about_answer(message: InboxMessage) -> Conclusion:
    """What M-Pesa answers to our question. It must bear the name that the question was accepted under."""
    refund, result = subject(message), read_result(message.body.encode())
    asked = refund.payment.events.filter(
        kind="refund_outcome", data__refund=str(refund.pk), data__question=result.conversation_id
    ).first()
    if not result.conversation_id or asked is None:
        nothing = "an answer to no question of ours"
        return quarantined(nothing) if message.attempts >= MANY_TRIES else later(nothing)
    outcome = reversal.of_answer(result, refund, str(asked.data.get("asked_about", "")))
    if outcome is None:
        return quarantined("does not fit what was asked")
    if asked.data.get("attempt", refund.attempt) != refund.attempt:
        return done("about an earlier try")
    if outcome.state == "failed" and _was_repeated(refund):
        doubt_refund(refund_id=refund.pk, outcome=outcome, code=reversal.NOT_REVERSED)
        return done("declined, perhaps because it was done before")
    record_refund(refund_id=refund.pk, outcome=outcome, source="query", attempt=asked.data.get("attempt"))
    return done()


def _was_repeated(refund: Refund) -> bool:
    """Was it asked for a second time, because nobody knew of the first? Then "declined" may mean that that was done.

    Only a result tells (R000001), so without one it is asked for once more.
    """
    told = refund.payment.events.filter(kind="refund_outcome", data__refund=str(refund.pk))
    return told.filter(data__code=reversal.NOT_REVERSED).exists()


def subject(message: InboxMessage) -> Refund:
    """The refund a message is about; its payment is noted."""
    refund = Refund.objects.select_related("payment").get(pk=message.about.removeprefix(SUBJECT))
    message.payment = refund.payment
    return refund
