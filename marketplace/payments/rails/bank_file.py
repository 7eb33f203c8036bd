"""Bank transfers that a person takes to the bank in a file: nothing is sent by itself."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import CURRENCIES, Money
from marketplace.payments.errors import AmountNotPayable, DestinationInvalid
from marketplace.payments.models import Disbursement
from marketplace.payments.providers.base import Unavailable
from marketplace.payments.rails.base import Asked, Destination, RailOutcome, Sent

BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
NUMBER = re.compile(r"[A-Za-z0-9-]{4,34}")


class BankFileRail:
    """`{"name", "bank", "bic", "iban" or "number"}`; with a number the bank is named by BIC or by name."""

    slug = "bank_file"
    label: str | Promise = _("Bank transfer")
    automatic = False
    repeat_seconds = 0
    checks = ()

    def configured(self) -> bool:
        return True

    def currencies(self) -> frozenset[str]:
        return frozenset(CURRENCIES)

    def limits(self, currency: str) -> tuple[int, int]:
        return (1, 10**12) if currency in CURRENCIES else (0, 0)

    def step(self, currency: str) -> int:
        return 1

    def check(self, amount: Money, destination: Destination) -> None:
        smallest, largest = self.limits(amount.currency)
        if not smallest <= amount.minor <= largest:
            raise AmountNotPayable
        name, bic = str(destination.get("name") or "").strip(), str(destination.get("bic") or "")
        if not name or (bic and not BIC.fullmatch(bic)):
            raise DestinationInvalid
        if iban := str(destination.get("iban") or ""):
            if not is_iban(iban):
                raise DestinationInvalid(_("That is not a valid IBAN."))
        elif not NUMBER.fullmatch(str(destination.get("number") or "")) or not (bic or destination.get("bank")):
            raise DestinationInvalid

    def send(self, disbursement: Disbursement) -> Sent:
        raise Unavailable("by_hand", "bank transfers leave in a file")

    def query(self, disbursement: Disbursement) -> RailOutcome | Asked:
        return RailOutcome("unknown", code="by_hand")


def is_iban(text: str) -> bool:
    """Checked by its two check digits (ISO 13616: letters as 10 to 35, modulo 97 is 1)."""
    if not IBAN.fullmatch(text):
        return False
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % 97 == 1
