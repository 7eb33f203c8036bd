"""Paybill confirmations, and M-Pesa's answers when it is asked about one."""

from django.db import transaction

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments import inbox
from marketplace.payments.inbox import Conclusion, done, ignored, later, quarantined
from marketplace.payments.models import InboxMessage, PaybillReceipt
from marketplace.payments.paybill import normalized
from marketplace.payments.providers.mpesa import c2b, status
from marketplace.payments.providers.mpesa.results import Result, read_result
from marketplace.payments.services.match_paybill import match_paybill, refuse_paybill

Status = PaybillReceipt.Status
SUBJECT = "paybill:"
MANY_TRIES = 6
"""About a minute and a half: longer than writing down that a question was accepted takes."""
NEVER_HEARD = 3
"""How often M-Pesa says that it does not know a receipt until that is believed: it may lag behind its own messages."""


@inbox.behind("ask")
def receipt_behind(token: str) -> str:
    found = PaybillReceipt.objects.filter(callback_token=token).values_list("receipt", flat=True).first()
    return f"{SUBJECT}{found}" if found else ""


@inbox.thinks_about("mpesa", "c2b.confirm")
def about_confirmation(message: InboxMessage) -> Conclusion:
    told = c2b.read_told(message.body.encode())
    if not c2b.is_ours(told.shortcode):
        return quarantined("another short code")
    if told.amount is None or told.amount.minor <= 0:
        return quarantined("no amount")
    row = _write(told, told.amount)
    if _differs(row, told):
        contradiction = "contradicts an earlier message about the same receipt"
        return later(contradiction) if _doubt(row.pk) else quarantined(contradiction)
    row = match_paybill(receipt_id=row.pk)
    message.payment = row.payment
    return done(row.note)


@transaction.atomic
def _write(told: c2b.Told, amount: Money) -> PaybillReceipt:
    """One row per receipt. One that M-Pesa did not know gets another hearing, in the words of the newer message."""
    content = {
        "amount_minor": amount.minor, "shortcode": told.shortcode, "reference_typed": told.reference_typed,
        "reference": normalized(told.reference_typed), "payer_hint": told.payer_hint,
        "paid_at": told.paid_at or clock.now(),
    }  # fmt: skip
    row, _ = PaybillReceipt.objects.get_or_create(
        receipt=told.receipt,
        defaults={**content, "status": Status.WAITING, "next_check_at": clock.in_seconds(30)},
    )
    row = PaybillReceipt.locked(row.pk)
    if row.status == Status.REFUSED and _differs(row, told):
        for name, value in content.items():
            setattr(row, name, value)
        row.checks, row.question, row.asked_at, row.verified_at = 0, "", None, None
        row.move_to(Status.WAITING, also=(*content, "checks", "question", "asked_at", "verified_at"))
    return row


def _differs(row: PaybillReceipt, told: c2b.Told) -> bool:
    return (row.amount, row.reference) != (told.amount, normalized(told.reference_typed))


@transaction.atomic
def _doubt(receipt_id: int) -> bool:
    """Two stories of one receipt, one of them forged: neither reference is believed, a person will say whose it is."""
    row = PaybillReceipt.locked(receipt_id)
    if row.status != Status.WAITING:
        return False
    row.reference = ""
    row.save(update_fields=["reference"])
    return True


@inbox.thinks_about("mpesa", "ask.paybill.result")
def about_answer(message: InboxMessage) -> Conclusion:
    """M-Pesa's own word about the receipt. It must bear the name that our question was accepted under."""
    row, result = _row(message), read_result(message.body.encode())
    if row.status != Status.WAITING:
        return done(f"already {row.status}")
    if not result.conversation_id or result.conversation_id != row.question:
        nothing = "an answer to no question of ours"
        return quarantined(nothing) if message.attempts >= MANY_TRIES else later(nothing)
    problem = _problem(row, result)
    if problem:
        refuse_paybill(receipt_id=row.pk, why=problem)
        return done(problem)
    if _says_paid(row, result):
        PaybillReceipt.objects.filter(pk=row.pk).update(verified_at=clock.now())
        match_paybill(receipt_id=row.pk, source="query")
    return done()


def _problem(row: PaybillReceipt, result: Result) -> str:
    """Why M-Pesa's answer ends it: no such money, another amount, or not paid to us."""
    found = status.outcome_of(result)
    if found.state == "not_found":
        return "M-Pesa does not know it" if row.checks >= NEVER_HEARD else ""
    if found.state == "failed":
        return "M-Pesa says it was not carried out"
    if found.state != "paid":
        return ""
    if found.amount != row.amount:
        return "M-Pesa knows it with another amount"
    return "" if _came_to_us(result) else "M-Pesa says it was paid to somebody else"


def _came_to_us(result: Result) -> bool:
    """Parties are named "600984 - Sokoni". Our own payouts have a receipt as well: there we are the debit party."""
    return any(c2b.is_ours(name.split("-")[0].strip()) for name in result.values.get("CreditPartyName", ()))


def _says_paid(row: PaybillReceipt, result: Result) -> bool:
    receipt = result.first("ReceiptNo")
    return status.outcome_of(result).state == "paid" and receipt.upper() in ("", row.receipt)


@inbox.thinks_about("mpesa", "ask.paybill.timeout")
def about_queue(message: InboxMessage) -> Conclusion:  # noqa: ARG001 (a thinker's)
    return ignored("not an answer: asked again")


def _row(message: InboxMessage) -> PaybillReceipt:
    return PaybillReceipt.objects.get(receipt=message.about.removeprefix(SUBJECT))
