"""What the APIs in an initiator's name share: the addresses of their results, their remarks, their failures."""

import re

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.payments import conf

MISCONFIGURED = _("M-Pesa does not let us send money: the initiator, its password or its role is wrong.")
BUSY = _("M-Pesa was busy. Try again in a few minutes.")
ACCOUNT = _("The M-Pesa account money is sent from cannot be used right now.")

FAILURES: dict[str, str | Promise] = {
    "1": _("There is not enough money in the M-Pesa account we send from."),
    "2": _("The amount is too small for M-Pesa."),
    "3": _("The amount is more than M-Pesa sends at once."),
    "4": _("This would go over what the receiver may get today."),
    "8": _("The receiver's M-Pesa account would hold more than it may."),
    "11": ACCOUNT,
    "17": BUSY,
    "21": MISCONFIGURED,
    "26": BUSY,
    "2001": MISCONFIGURED,
    "2006": ACCOUNT,
    "2028": MISCONFIGURED,
    "2040": _("The receiver is not registered with M-Pesa."),
    "8006": _("M-Pesa has locked the initiator's password."),
    "SFC_IC0003": _("That phone number is not on M-Pesa."),
}
"""Final for the request: nothing left us. Codes that are not here are looked into, not believed."""


def addresses(door: str, token: str) -> dict[str, str]:
    """Where the result and the news of a queue timeout shall go. No word in them that Daraja refuses."""
    return {
        name: conf.site_url() + reverse("payments:result", args=[door, token, end])
        for name, end in (("ResultURL", "result"), ("QueueTimeOutURL", "timeout"))
    }


def remarks(text: str) -> str:
    """Two to a hundred letters, digits, spaces and dashes: Daraja silently drops requests over other characters."""
    plain = re.sub(r"[^A-Za-z0-9 -]", "", text).strip()[:100].strip()
    return plain if len(plain) > 1 else "Sokoni"
