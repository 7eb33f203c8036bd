"""What M-Pesa's result codes mean to the buyer, and what to do next. Data: unknown codes are no verdict at all.

Source: Daraja's own table and codes developers report from production.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAID = "0"
PENDING = frozenset({"4999", "500.001.1001"})
"""The query's ways to say "still being processed"; the second also means other things, see `client`."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """`wavers`: this failure has been seen to turn into a success later."""

    text: str | Promise
    wavers: bool = False


_NO_REPLY = _("M-Pesa got no answer from your phone. Make sure it is on and unlocked, then ask for a new prompt.")
_CANCELLED = _("The prompt was cancelled. Ask for a new one when you are ready, or pay by card.")
_OURS = _("M-Pesa cannot take payments for us right now. That is our fault: please pay by card.")
_PUSH_FAILED = _("M-Pesa could not show the prompt on your phone. Please ask for a new one.")

FAILURES: dict[str, Meaning] = {
    "1": Meaning(_("There is not enough money on your M-Pesa. Top up, or use Fuliza or a card, and try again.")),
    "2": Meaning(_("The amount is too small for M-Pesa. Please pay by card.")),
    "3": Meaning(_("The amount is more than M-Pesa takes at once. Please pay by card.")),
    "4": Meaning(_("This would go over your M-Pesa limit for today. Try tomorrow, or pay by card.")),
    "8": Meaning(_OURS),
    "17": Meaning(_("M-Pesa takes the same amount from the same phone only once in two minutes. Wait a little.")),
    "26": Meaning(_("M-Pesa is very busy. Wait a minute and try again.")),
    "1001": Meaning(_("Your phone is busy with another M-Pesa request. Finish it, wait a minute and try again.")),
    "1019": Meaning(_("The prompt ran out of time. Please ask for a new one."), wavers=True),
    "1025": Meaning(_PUSH_FAILED),
    "1031": Meaning(_CANCELLED),
    "1032": Meaning(_CANCELLED),
    "1036": Meaning(_("The prompt did not reach your phone. Check its reception and ask for a new one."), wavers=True),
    "1037": Meaning(_NO_REPLY, wavers=True),
    "2001": Meaning(_("The M-Pesa PIN was wrong. Try again; after three wrong PINs M-Pesa locks it.")),
    "2006": Meaning(_("This M-Pesa account cannot pay right now. Call Safaricom on 100, or pay by card.")),
    "2028": Meaning(_OURS),
    "8006": Meaning(_("Your M-Pesa PIN is locked. Call Safaricom on 100 or 200 to unlock it, or pay by card.")),
    "9999": Meaning(_PUSH_FAILED),
    "SFC_IC0003": Meaning(_OURS),
    "E3008": Meaning(_("The M-Pesa sandbox rings no real phones: use its test number.")),
}

_NO_FLOAT = _("There is not enough money on the paybill. Try again when more has come in, or after moving some back.")
_NO_RIGHT = _("M-Pesa does not let our operator reverse payments. That is a setting at M-Pesa: have it looked at.")

REVERSAL_FAILURES: dict[str, str | Promise] = {
    "1": _NO_FLOAT,
    "11": _("M-Pesa does not let our paybill pay right now. Call M-Pesa's business support."),
    "17": _("M-Pesa refused it for now. Try again in a few minutes."),
    "21": _NO_RIGHT,
    "26": _("M-Pesa was too busy. Try again in a few minutes."),
    "2001": _("M-Pesa did not take our operator's password. Have the settings looked at."),
    "2006": _("M-Pesa does not let this account take money. Send it to another number, or give it back by hand."),
    "2028": _NO_RIGHT,
    "8006": _("Our operator's password at M-Pesa is locked. Have it unlocked."),
    "R000002": _("M-Pesa does not know the payment. Send the money to the payer's phone instead."),
}
"""What certainly ended a reversal without moving money, for the people who look after refunds."""


def is_final(code: str) -> bool:
    """Does the code end the matter? Codes not in the table do not: they are looked into, not believed."""
    return code == PAID or code in FAILURES
