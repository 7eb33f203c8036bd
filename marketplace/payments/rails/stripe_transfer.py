"""Stripe Connect: from our Stripe balance to a seller's own Stripe account. The answer is the outcome."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import Money
from marketplace.payments import conf
from marketplace.payments.errors import AmountNotPayable, DestinationInvalid
from marketplace.payments.models import Disbursement
from marketplace.payments.providers.base import Refused, Silent
from marketplace.payments.providers.stripe import amounts, transfers
from marketplace.payments.rails.base import Asked, Destination, RailOutcome, Sent, destination_of


class StripeTransferRail:
    """Transfers between Stripe accounts. `{"account": "acct_..."}`."""

    slug = "stripe_transfer"
    label: str | Promise = _("Stripe Connect")
    automatic = True
    repeat_seconds = 20 * 3600
    """Stripe keeps idempotency keys for at least 24 hours."""
    checks = (15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 25 * 3600)

    def configured(self) -> bool:
        return bool(conf.stripe().secret_key)

    def currencies(self) -> frozenset[str]:
        return frozenset(amounts.SMALLEST)

    def limits(self, currency: str) -> tuple[int, int]:
        """Transfers have no minimum beyond one unit; the largest is eight digits of Stripe's own unit."""
        return (self.step(currency), amounts.largest(currency)) if currency in amounts.SMALLEST else (0, 0)

    def step(self, currency: str) -> int:
        return 10 if currency in amounts.THREE_DECIMAL else 1

    def check(self, amount: Money, destination: Destination) -> None:
        smallest, largest = self.limits(amount.currency)
        if not smallest <= amount.minor <= largest or not amounts.is_payable(amount):
            raise AmountNotPayable
        if not str(destination.get("account", "")).startswith("acct_"):
            raise DestinationInvalid

    def send(self, disbursement: Disbursement) -> Sent:
        return transfers.create(disbursement, str(destination_of(disbursement)["account"]))

    def query(self, disbursement: Disbursement) -> RailOutcome | Asked:
        try:
            return transfers.find(disbursement)
        except Refused as error:
            return RailOutcome("unknown", code=error.code, text=error.text, answer=error.answer)
        except Silent as error:
            return RailOutcome("unknown", code="no_answer", answer=error.answer)
