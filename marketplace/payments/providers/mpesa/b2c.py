"""B2C version 3: the request, what its answer means, and what its result claims.

Source: developer.safaricom.co.ke, "Business To Customer (B2C)", and codes developers report from production.
"""

from marketplace.payments import conf
from marketplace.payments.measure import measured
from marketplace.payments.models import Disbursement
from marketplace.payments.providers.base import Refused, Silent, Unavailable
from marketplace.payments.providers.mpesa import initiator, outcomes
from marketplace.payments.providers.mpesa.client import BAD_TOKEN, Answer, Daraja
from marketplace.payments.providers.mpesa.results import Result
from marketplace.payments.rails.base import RailOutcome, Sent

PATH = "/mpesa/b2c/v3/paymentrequest"
DUPLICATE = "500.002.1001"
"""Also the code of internal errors: the message tells them apart."""
FAILURES = initiator.FAILURES


def send(disbursement: Disbursement, number: str) -> Sent:
    """Ask to pay, once per key. `number` is an MSISDN. Raises `Refused`, `Unavailable` or `Silent`."""
    daraja = Daraja(conf.mpesa())
    body = {
        "OriginatorConversationID": disbursement.key,
        "CommandID": "BusinessPayment",
        "Amount": str(disbursement.amount_minor // 100),
        "PartyA": daraja.settings.b2c_shortcode,
        "PartyB": number,
        "Remarks": initiator.remarks(disbursement.reference),
        "Occassion": initiator.remarks(disbursement.purpose),
        **initiator.addresses("b2c", disbursement.callback_token),
    }
    with measured("mpesa", "b2c") as call:
        answer = daraja.initiate(PATH, body, name_field="InitiatorName")
        if answer.status == 200 and str(answer.body.get("ResponseCode", "")).strip() == "0":
            return Sent(external_id=str(answer.body.get("ConversationID", ""))[:120], answer=answer.told)
        if is_duplicate(answer):
            return Sent(answer=answer.told)
        call.answer = "refused"
        raise refusal(answer)


def is_duplicate(answer: Answer) -> bool:
    """The same id again: it was accepted before, so nothing is sent twice and the question is what became of it."""
    return answer.error == DUPLICATE and "duplicate" in answer.message.lower()


def refusal(answer: Answer) -> Exception:
    """Why it was not accepted. A dead token is no verdict on the request: it is tried again.

    A 503 may be a gateway's word about an answer it did not get: with money going out that counts as no answer.
    """
    if answer.status == 401 or answer.error in BAD_TOKEN:
        return Unavailable("no_token", answer.message, answer.told)
    if answer.status == 503 and answer.error not in outcomes.BUSY:
        return Silent("HTTP 503", answer.told)
    found = outcomes.refusal(answer)
    if isinstance(found, Refused) and not isinstance(found, Unavailable):
        return Refused(found.code, str(FAILURES.get(found.code) or found.text), found.answer)
    return found


def claim(result: Result) -> RailOutcome:
    """What a result says became of it. A code that is not in the table is no verdict."""
    if result.code == "0":
        receipt = result.first("TransactionReceipt") or result.transaction_id
        return RailOutcome(
            "paid", amount=result.amount("TransactionAmount"), receipt=receipt, answer=result.body,
            external_id=result.conversation_id,
        )  # fmt: skip
    if result.code in FAILURES:
        text = str(FAILURES[result.code])
        return RailOutcome("failed", code=result.code, text=text, answer=result.body)
    return RailOutcome("unknown", code=result.code[:60], text=result.text, answer=result.body)
