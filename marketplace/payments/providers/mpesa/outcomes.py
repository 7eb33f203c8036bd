"""What Daraja's answers amount to. Three of its answers mean "still pending"; an unknown one is never a failure."""

from typing import Any

from marketplace.payments.providers.base import Outcome, Refused, Silent, Unavailable
from marketplace.payments.providers.mpesa import codes
from marketplace.payments.providers.mpesa.client import Answer
from marketplace.payments.providers.mpesa.parse import StkCallback

BUSY = frozenset({"500.003.02", "500.003.03"})
"""Spike arrest and quota: turned away at the gate."""


def of_result(code: str, text: str, answer: dict[str, Any]) -> Outcome:
    """The outcome behind a ResultCode, of a callback or a query."""
    if code == codes.PAID:
        return Outcome("paid", answer=answer)
    if code in codes.PENDING:
        return Outcome("pending", again=True, answer=answer)
    meaning = codes.FAILURES.get(code)
    if meaning is None:
        return Outcome("unknown", code=code[:60], text=text, again=True, answer=answer)
    return Outcome("failed", code=code, text=str(meaning.text), again=meaning.wavers, answer=answer)


def of_query(answer: Answer) -> Outcome:
    """The outcome behind an STK query. It carries no receipt, amount or phone."""
    told = answer.told
    if answer.status == 200 and "ResultCode" in answer.body:
        return of_result(str(answer.body["ResultCode"]).strip(), str(answer.body.get("ResultDesc", "")), told)
    if answer.error == "500.001.1001" and "being processed" in answer.message.lower():
        return Outcome("pending", again=True, answer=told)
    return Outcome("unknown", code=answer.error[:60], again=True, answer=told)


def of_callback(callback: StkCallback) -> Outcome:
    """What a callback claims."""
    claim = of_result(callback.code, callback.text, callback.body)
    if claim.state != "paid":
        return claim
    return Outcome("paid", amount=callback.amount, receipt=callback.receipt, answer=callback.body)


def refusal(answer: Answer) -> Exception:
    """Why a push was not accepted: refused for good, turned away, or nobody can tell."""
    message, told = answer.message.lower(), answer.told
    if answer.status in (429, 503) or answer.error in BUSY:
        return Unavailable("provider_unavailable", answer.message, told)
    if "unable to lock subscriber" in message:
        return Refused("1001", codes.FAILURES["1001"].text, told)
    if answer.error == "500.001.1001" and ("credentials" in message or "merchant does not exist" in message):
        return Refused("misconfigured", answer.message, told)
    if 400 <= answer.status < 500 and (answer.error or answer.body.get("fault")):
        return Refused(answer.error[:60] or "refused", answer.message, told)
    if answer.status == 200 and answer.body.get("ResponseCode") not in (None, ""):
        return Refused(str(answer.body["ResponseCode"])[:60], str(answer.body.get("ResponseDescription", "")), told)
    return Silent(f"HTTP {answer.status}", told)
