"""M-Pesa to a person's phone in Kenya. The outcome comes as a message of its own; so does the answer to a question."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.money import Money
from marketplace.payments import conf
from marketplace.payments.errors import AmountNotPayable, DestinationInvalid, PhoneInvalid
from marketplace.payments.models import Disbursement
from marketplace.payments.providers.base import Refused, Silent
from marketplace.payments.providers.mpesa import b2c, phone, status
from marketplace.payments.rails.base import Asked, Destination, RailOutcome, Sent, destination_of


class MpesaB2cRail:
    """Daraja's B2C, version 3: protected against doubles by the id we choose. `{"phone": E.164}`."""

    slug = "mpesa_b2c"
    label: str | Promise = _("M-Pesa")
    automatic = True
    repeat_seconds = 3600
    """How long Daraja remembers an id is nowhere written down; an hour is our guess, and then we only ask."""
    checks = (30, 90, 180, 300, 600, 1200, 2400, 3600)

    def configured(self) -> bool:
        keys = conf.mpesa()
        return bool(keys.initiator and keys.initiator_password and keys.certificate and keys.b2c_shortcode)

    def currencies(self) -> frozenset[str]:
        return frozenset({"KES"})

    def limits(self, currency: str) -> tuple[int, int]:
        """KES 10 to 250,000 (Daraja, B2C)."""
        return (1_000, 25_000_000) if currency == "KES" else (0, 0)

    def step(self, currency: str) -> int:
        return 100

    def check(self, amount: Money, destination: Destination) -> None:
        smallest, largest = self.limits(amount.currency)
        if not smallest <= amount.minor <= largest or amount.minor % self.step(amount.currency):
            raise AmountNotPayable(_("M-Pesa sends whole shillings, from KES 10 to KES 250,000 at once."))
        try:
            phone.kenyan_mobile(str(destination.get("phone", "")))
        except PhoneInvalid as error:
            raise DestinationInvalid(error.text) from error

    def send(self, disbursement: Disbursement) -> Sent:
        number = phone.msisdn(phone.kenyan_mobile(str(destination_of(disbursement)["phone"])))
        return b2c.send(disbursement, number)

    def query(self, disbursement: Disbursement) -> RailOutcome | Asked:
        """Ask by the id we chose, which is known even when no answer ever came."""
        try:
            return status.ask(
                subject_id=disbursement.key, receipt=disbursement.receipt, token=disbursement.callback_token,
                shortcode=conf.mpesa().b2c_shortcode,
            )  # fmt: skip
        except Refused as error:
            return RailOutcome("unknown", code=error.code, text=error.text, answer=error.answer)
        except Silent as error:
            return RailOutcome("unknown", code="no_answer", answer=error.answer)
