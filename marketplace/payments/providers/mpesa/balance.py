"""Account Balance: what lies on the accounts of a short code. The answer comes as a message.

Source: developer.safaricom.co.ke, "Account Balance".
"""

from dataclasses import dataclass

from marketplace.core.crypto import lookup_hash
from marketplace.core.money import Money
from marketplace.payments import conf
from marketplace.payments.measure import measured
from marketplace.payments.providers.base import Unavailable
from marketplace.payments.providers.mpesa import initiator, outcomes
from marketplace.payments.providers.mpesa.client import BAD_TOKEN, Daraja
from marketplace.payments.providers.mpesa.parse import shillings
from marketplace.payments.providers.mpesa.results import Result

PATH = "/mpesa/accountbalance/v1/query"
DOOR = "balance"
SENDS_FROM = "Utility Account"
"""B2C takes money from this one, not from the working account."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One account's. `available` is what can be sent."""

    account: str
    current: Money
    available: Money


def token(shortcode: str) -> str:
    """The secret part of the address for answers about one short code: 64 hex digits."""
    return lookup_hash(shortcode, purpose="mpesa balance")


def ask(shortcode: str) -> None:
    """Ask. Raises `Refused`, `Unavailable` or `Silent`."""
    body = {
        "CommandID": "AccountBalance",
        "PartyA": shortcode,
        "IdentifierType": "4",
        "Remarks": "Balance",
        **initiator.addresses(DOOR, token(shortcode)),
    }
    with measured("mpesa", "balance") as call:
        answer = Daraja(conf.mpesa()).initiate(PATH, body)
        if answer.status == 200 and str(answer.body.get("ResponseCode", "")).strip() == "0":
            return
        call.answer = "refused"
        if answer.status == 401 or answer.error in BAD_TOKEN:
            raise Unavailable("no_token", answer.message, answer.told)
        raise outcomes.refusal(answer)


def read(result: Result) -> list[Balance]:
    """Accounts joined by "&", fields by "|": name, currency, current, available, reserved, uncleared."""
    found = []
    for row in result.first("AccountBalance").split("&"):
        fields = [field.strip() for field in row.split("|")]
        if len(fields) < 4 or fields[1] != "KES":
            continue
        current, available = shillings(fields[2]), shillings(fields[3])
        if fields[0] and current is not None and available is not None:
            found.append(Balance(fields[0][:60], current, available))
    return found
