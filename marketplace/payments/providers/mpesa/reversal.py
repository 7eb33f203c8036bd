"""Giving a whole M-Pesa payment back. Daraja reverses a receipt once and no part of it.

There is no idempotency key: what may have arrived is asked about. Only when M-Pesa shows the payment as it was, a good
while later, is the same reversal asked for again: the receipt itself is the key, a second reversal of it is R000001.
Source: developer.safaricom.co.ke, "Reversals".
"""

import datetime as dt
from typing import Any

from marketplace.core import clock
from marketplace.payments import conf
from marketplace.payments.measure import measured
from marketplace.payments.models import Refund
from marketplace.payments.providers.base import RefundOutcome, Refused, Silent, Unavailable
from marketplace.payments.providers.mpesa import codes, initiator, outcomes, status
from marketplace.payments.providers.mpesa.client import BAD_TOKEN, Answer, Daraja
from marketplace.payments.providers.mpesa.results import Result

DOOR = "rev"
NOT_REVERSED = "not_reversed"
"""We never learned M-Pesa's name of our request, and M-Pesa shows the payment as it was."""
PATIENCE = dt.timedelta(minutes=10)
"""Longer than any request was seen to wait in M-Pesa's queue before it was done."""
ALREADY = "R000001"
"""The receipt was reversed before: by an attempt of ours whose answer was lost, or at M-Pesa. It is given back."""


def create(refund: Refund) -> RefundOutcome:
    """Ask for the reversal. "Accepted" is all that comes back; the outcome is a message of its own."""
    try:
        with measured("mpesa", "reversal"):
            answer = _ask(refund)
    except Unavailable as error:
        return RefundOutcome("not_sent", code=error.code, text=error.text, answer=error.answer)
    except Refused as error:
        return RefundOutcome("failed", code=error.code, text=explain(error.code, error.text), answer=error.answer)
    except Silent as error:
        return RefundOutcome("unknown", code="no_answer", answer=error.answer)
    name = str(answer.body.get("OriginatorConversationID") or answer.body.get("ConversationID") or "")
    return RefundOutcome("sent", external_id=name[:120], answer=answer.told)


def _ask(refund: Refund) -> Answer:
    daraja = Daraja(conf.mpesa())
    answer = daraja.initiate(
        "/mpesa/reversal/v1/request",
        {
            "CommandID": "TransactionReversal",
            "TransactionID": refund.payment.receipt or "",
            "Amount": str(refund.amount_minor // 100),
            "ReceiverParty": daraja.settings.shortcode,
            "RecieverIdentifierType": "11",  # Daraja's spelling
            "Remarks": initiator.remarks(f"Refund {refund.payment.reference}"),
            **initiator.addresses(DOOR, refund.callback_token),
        },
    )
    if answer.status == 401 or answer.error in BAD_TOKEN:
        raise Unavailable("no_token", answer.message, answer.told)
    if answer.status != 200 or str(answer.body.get("ResponseCode")) != "0":
        raise outcomes.refusal(answer)
    return answer


def query(refund: Refund) -> RefundOutcome:
    """Ask what became of it: by the request's name, or by the receipt when the answer with the name was lost."""
    if not refund.external_id and refund.failure_code == NOT_REVERSED and _long_ago(refund):
        again = create(refund)
        return again if again.state == "sent" else RefundOutcome("unknown", code=again.code, answer=again.answer)
    receipt = "" if refund.external_id else refund.payment.receipt or ""
    try:
        asked = status.ask(
            subject_id=refund.external_id or "", receipt=receipt, token=refund.callback_token,
            shortcode=conf.mpesa().shortcode,
        )  # fmt: skip
    except Refused as error:
        return RefundOutcome("unknown", code=refund.failure_code or error.code, answer=error.answer)
    except Silent as error:
        return RefundOutcome("unknown", code=refund.failure_code or "no_answer", answer=error.answer)
    return RefundOutcome(
        "unknown", code=refund.failure_code, question=asked.question_id, asked_about=refund.external_id or "",
        answer=asked.answer,
    )  # fmt: skip


def _long_ago(refund: Refund) -> bool:
    return refund.attempted_at is not None and clock.now() > refund.attempted_at + PATIENCE


def of_answer(result: Result, refund: Refund, asked_about: str) -> RefundOutcome | None:
    """What M-Pesa answers to `query`, or None when it does not fit the refund.

    `asked_about` as the question had it: a payment that is shown as completed is no reversal that is.
    """
    found = status.outcome_of(result)
    ours = bool(asked_about) and asked_about == refund.external_id
    if found.amount is not None and found.amount != refund.amount:
        return None
    if found.state == "paid" and ours:
        return RefundOutcome("succeeded", receipt=found.receipt, answer=found.answer)
    if found.state == "failed" and ours:
        return RefundOutcome("failed", code=found.code, text=found.text, answer=found.answer)
    lost = found.state == "paid" and not asked_about
    return RefundOutcome("unknown", code=NOT_REVERSED if lost else refund.failure_code, answer=found.answer)


def of_result(result: Result, refund: Refund) -> RefundOutcome | None:
    """What a result says, or None when it does not fit the refund: another request, receipt or amount."""
    if refund.external_id and refund.external_id not in (result.originator_id, result.conversation_id):
        return None
    name: dict[str, Any] = {"external_id": result.originator_id, "answer": result.body}
    if result.code == ALREADY:
        return RefundOutcome("succeeded", code=ALREADY, **name)
    if result.code in codes.REVERSAL_FAILURES:
        return RefundOutcome("failed", code=result.code, text=explain(result.code, result.text), **name)
    if result.code != codes.PAID:
        return RefundOutcome("unknown", code=result.code[:60], text=result.text, **name)
    amount, original = result.amount("Amount"), result.first("OriginalTransactionID")
    if (amount is not None and amount != refund.amount) or (original and original != refund.payment.receipt):
        return None
    return RefundOutcome("succeeded", receipt=result.transaction_id, **name)


def explain(code: str, otherwise: str = "") -> str:
    """Why it failed and what to do, for the people who look after refunds."""
    return str(codes.REVERSAL_FAILURES.get(code) or otherwise)[:300]
