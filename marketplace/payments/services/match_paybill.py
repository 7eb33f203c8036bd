"""Whose money is it? A prompt's, an order's, or nobody's. Nothing is booked on the word of an unsigned message."""

import datetime as dt

from django.db import transaction

from marketplace.core import clock, outbox
from marketplace.ledger.accounts import AccountKey, Code, clearing
from marketplace.ledger.services import post
from marketplace.payments import conf, paybill
from marketplace.payments.models import Disbursement, PaybillReceipt, Payment, PaymentEvent, Refund
from marketplace.payments.providers.base import Refused, Silent, outside_transaction
from marketplace.payments.providers.mpesa import status
from marketplace.payments.services.pay_by_hand import pay_by_hand
from marketplace.payments.services.paybill_alarm import alarm, quiet
from marketplace.payments.services.record_outcome import claim_unique
from marketplace.payments.services.settle_payment import settle_payment
from marketplace.payments.services.story import tell

Status = PaybillReceipt.Status
CALLBACK = str(PaymentEvent.Source.CALLBACK)
WAITS = (10, 20, 30, 60, 120, 300, 900, 3600, 6 * 3600)
"""Seconds between looks at money whose prompt is still open, or that M-Pesa has not vouched for yet."""
ASK_EVERY_SECONDS = 60
STUCK_AFTER = 8
"""Looks after which a person is told."""


def match_paybill(*, receipt_id: int, source: str = CALLBACK) -> PaybillReceipt:
    """Bring one receipt forward: link it, make its payment, put it aside, or ask first. Any number may call at once."""
    outside_transaction()
    row = PaybillReceipt.objects.get(pk=receipt_id)
    if row.status != Status.WAITING:
        return row
    for payment in _open_prompts(row):
        settle_payment(payment_id=payment.pk, source=source)
    if _open_prompts(row):
        return _later(row.pk, "a prompt for it is still open")
    row = _decide(row.pk, source)
    return _ask(row) if row.status == Status.WAITING else row


def _open_prompts(row: PaybillReceipt) -> list[Payment]:
    """Prompts this may be the money of. M-Pesa is asked about them first: the receipt says nothing of prompts."""
    known = Payment.objects.filter(receipt=row.receipt).exists()
    mine = Payment.objects.filter(
        provider="mpesa", reference=_reference(row), amount_minor=row.amount_minor, status__in=Payment.LIVE
    )
    return [] if known else list(mine)


def _reference(row: PaybillReceipt) -> str:
    found = paybill.find(row.reference)
    return found.reference if found else row.reference


@transaction.atomic
def _decide(receipt_id: int, source: str) -> PaybillReceipt:
    """Under the locks of the receipt and of every M-Pesa payment of its reference: no prompt's news slips by."""
    row = PaybillReceipt.locked(receipt_id)
    if row.status != Status.WAITING:
        return row
    prompts = _prompts(_reference(row))
    same = Payment.objects.filter(receipt=row.receipt).first() or _without_receipt(prompts, row)
    if same is not None:
        return link(row, same, source)
    if any(prompt.is_live and prompt.amount_minor == row.amount_minor for prompt in prompts):
        return row
    if _went_out(row):
        return _refuse(row, "it is the receipt of money we sent")
    if not _vouched_for(row):
        return row
    found = paybill.find(row.reference)
    fits = found is not None and found.amount.currency == row.currency
    return pay_by_hand(row, found.reference, source=source) if found and fits else _put_aside(row)


def _prompts(reference: str) -> list[Payment]:
    """Under their locks."""
    mine = Payment.objects.filter(provider="mpesa", reference=reference).order_by("pk")
    return list(mine.select_for_update(no_key=True, of=("self",)))


def same_money(row: PaybillReceipt, reference: str) -> Payment | None:
    """The prompt of this reference that this receipt is of, and that nobody knew it of; under its lock."""
    return _without_receipt(_prompts(reference), row)


def _without_receipt(prompts: list[Payment], row: PaybillReceipt) -> Payment | None:
    """A prompt that M-Pesa, asked, said was paid: its answer to that question carries no receipt. This is it."""
    fits = [
        prompt for prompt in prompts
        if prompt.status == Payment.Status.SUCCEEDED and not prompt.receipt and prompt.amount_minor == row.amount_minor
    ]  # fmt: skip
    return fits[0] if fits else None


def link(row: PaybillReceipt, payment: Payment, source: str) -> PaybillReceipt:
    if payment.amount_minor != row.amount_minor or payment.provider != "mpesa" or hasattr(payment, "paybill"):
        return _refuse(row, "contradicts the payment with this receipt")
    if not payment.receipt:
        claim_unique(payment, "receipt", row.receipt)
        tell(payment, source=source, kind="paybill_receipt", receipt=row.receipt)
    row.payment, row.settled_at, row.next_check_at, row.note = payment, clock.now(), None, ""
    row.move_to(Status.MATCHED, also=("payment", "settled_at", "next_check_at", "note"))
    quiet(row)
    return row


def _went_out(row: PaybillReceipt) -> bool:
    sent = Disbursement.objects.filter(receipt=row.receipt).exists()
    return sent or Refund.objects.filter(receipt=row.receipt).exists()


def _vouched_for(row: PaybillReceipt) -> bool:
    policy = conf.mpesa()
    needed = policy.confirm == "always" or (
        policy.confirm == "high_value" and row.amount_minor >= policy.confirm_above_minor
    )
    return row.verified_at is not None or not needed


def _put_aside(row: PaybillReceipt) -> PaybillReceipt:
    """Nobody's: booked so, and before a person."""
    post(
        key=unallocated_key(row), kind="unallocated", currency=row.currency, reference=holder(row),
        lines={clearing("mpesa"): row.amount_minor, AccountKey(Code.UNALLOCATED): -row.amount_minor},
    )  # fmt: skip
    row.next_check_at, row.note = None, "its reference names nothing that is paid in this currency"
    row.move_to(Status.UNALLOCATED, also=("next_check_at", "note"))
    outbox.publish("payments.paybill_unmatched", receipt_id=row.pk, receipt=row.receipt)
    typed = row.reference_typed or "(none)"
    alarm(
        row, "paybill_unmatched", "Paybill money without an order", f", reference typed: {typed}. Assign or return it."
    )
    return row


def unallocated_key(row: PaybillReceipt) -> str:
    return f"paybill:{row.receipt}:unallocated"


def holder(row: PaybillReceipt) -> str:
    """The reference its money is booked under while it is nobody's."""
    return f"PAYBILL-{row.receipt}"[:40]


def _refuse(row: PaybillReceipt, why: str) -> PaybillReceipt:
    row.next_check_at, row.note = None, why
    row.move_to(Status.REFUSED, also=("next_check_at", "note"))
    alarm(row, "paybill_refused", "Paybill message not believed", f": {why}. Somebody may be sending forged messages.")
    return row


@transaction.atomic
def refuse_paybill(*, receipt_id: int, why: str) -> PaybillReceipt:
    """M-Pesa does not know it. Nothing was booked."""
    row = PaybillReceipt.locked(receipt_id)
    return _refuse(row, why) if row.status == Status.WAITING else row


def _ask(row: PaybillReceipt) -> PaybillReceipt:
    """Put the question to M-Pesa, by the receipt; its answer comes to an address only M-Pesa learns."""
    if row.asked_at is not None and clock.now() < row.asked_at + dt.timedelta(seconds=ASK_EVERY_SECONDS):
        return _later(row.pk, row.note)
    try:
        asked = status.ask(
            subject_id="", receipt=row.receipt, token=row.callback_token, shortcode=conf.mpesa().shortcode
        )
    except Refused as error:
        return _later(row.pk, f"M-Pesa cannot be asked: {error.code}")
    except Silent:
        return _later(row.pk, "M-Pesa did not answer")
    PaybillReceipt.objects.filter(pk=row.pk).update(question=asked.question_id, asked_at=clock.now())
    return _later(row.pk, "M-Pesa is asked")


@transaction.atomic
def _later(receipt_id: int, note: str) -> PaybillReceipt:
    row = PaybillReceipt.locked(receipt_id)
    if row.status != Status.WAITING:
        return row
    row.checks += 1
    row.note = note[:300]
    row.next_check_at = clock.in_seconds(WAITS[min(row.checks, len(WAITS)) - 1])
    row.save(update_fields=["checks", "note", "next_check_at"])
    if row.checks == STUCK_AFTER:
        hint = "Look it up in M-Pesa's portal and vouch for it, or leave it."
        alarm(row, "paybill_stuck", "Paybill money is not clear", f": {row.note}. {hint}")
    return row
