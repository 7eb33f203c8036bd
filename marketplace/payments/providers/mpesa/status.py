"""Transaction Status: what became of a transaction. The answer comes as a message; the query's own code 0 says only
that it worked. Source: developer.safaricom.co.ke, "Transaction Status".
"""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from marketplace.payments import conf
from marketplace.payments.measure import measured
from marketplace.payments.providers.base import Unavailable
from marketplace.payments.providers.mpesa import initiator, outcomes
from marketplace.payments.providers.mpesa.client import BAD_TOKEN, Daraja
from marketplace.payments.providers.mpesa.results import Result
from marketplace.payments.rails.base import Asked, RailOutcome

PATH = "/mpesa/transactionstatus/v1/query"
NOT_FOUND = "25"
"""Bad or missing parameter; the nearest Daraja comes to "never heard of it"."""
OVER = frozenset({"Cancelled", "Declined", "Expired"})


def ask(*, subject_id: str, receipt: str, token: str, shortcode: str) -> Asked:
    """Ask about one transaction, by receipt or by the conversation id it was asked for under.

    The answer goes to the door "ask" behind `token`. Raises `Refused`, `Unavailable` or `Silent`.
    """
    daraja = Daraja(conf.mpesa())
    body = {
        "CommandID": "TransactionStatusQuery",
        "TransactionID": receipt,
        "OriginalConversationID": subject_id,
        "PartyA": shortcode,
        "IdentifierType": "4",
        "Remarks": "Status",
        "Occasion": "Status",
        **initiator.addresses("ask", token),
    }
    with measured("mpesa", "status") as call:
        answer = daraja.initiate(PATH, body)
        if answer.status == 200 and str(answer.body.get("ResponseCode", "")).strip() == "0":
            return Asked(str(answer.body.get("ConversationID", ""))[:120], answer=answer.told)
        call.answer = "refused"
        if answer.status == 401 or answer.error in BAD_TOKEN:
            raise Unavailable("no_token", answer.message, answer.told)
        raise outcomes.refusal(answer)


def outcome_of(result: Result) -> RailOutcome:
    """What the answer says. An answer that names no known status is no news."""
    if result.code == NOT_FOUND:
        return RailOutcome("not_found", code=result.code, text=result.text, answer=result.body)
    if result.code != "0":
        return RailOutcome("unknown", code=result.code[:60], text=result.text, answer=result.body)
    state, receipt = result.first("TransactionStatus"), result.first("ReceiptNo")
    amount, fee = result.amount("Amount"), fee_minor(result.first("DebitPartyCharges"))
    conversation = result.first("ConversationID")
    if state == "Completed":
        return RailOutcome(
            "paid", amount=amount, receipt=receipt, fee_minor=fee, external_id=conversation, answer=result.body
        )
    if state in OVER:
        text = str(_("M-Pesa did not carry it out."))
        return RailOutcome("failed", code=state.lower(), text=text, external_id=conversation, answer=result.body)
    return RailOutcome("pending", code=state[:60], external_id=conversation, answer=result.body)


def fee_minor(charges: str) -> int | None:
    """The fee out of "Fee For B2C Payment|KES|22.40", in cents; several charges are joined by "&". None: not told."""
    total: int | None = None
    for charge in filter(None, charges.split("&")):
        parts = charge.split("|")
        try:
            cents = Decimal(parts[-1].strip()) * 100
        except InvalidOperation:
            return None
        if len(parts) < 2 or parts[-2].strip() != "KES" or not 0 <= cents < 10**9 or cents % 1:
            return None
        total = (total or 0) + int(cents)
    return total
