"""The ways money can go out, as choices for a seller."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.payments.models import Disbursement
from marketplace.payouts.models import Verification

Words = str | Promise
Rail = Disbursement.Rail


@dataclass(frozen=True)
class Choice:
    """`details` are given where there is nothing to type; `why_not` says what is missing first."""

    slug: str
    label: Words
    text: Words
    icon: str
    details: dict[str, str] = field(default_factory=dict)
    why_not: Words = ""

    @property
    def usable(self) -> bool:
        return not self.why_not


def choices(currency: str, verification: Verification | None) -> list[Choice]:
    found = [_stripe(verification), Choice(Rail.BANK_FILE, _("Bank account"), _("One to three working days."), "site")]
    if currency == "KES":
        mpesa = Choice(
            Rail.MPESA_B2C, _("M-Pesa"), _("To a phone, within minutes. Whole shillings only."), "mobile-alt"
        )
        return [mpesa, *found]
    return found


def _stripe(verification: Verification | None) -> Choice:
    ready = verification is not None and verification.connect_ready and verification.connect_account
    return Choice(
        Rail.STRIPE_TRANSFER,
        _("Stripe"),
        _("To your own Stripe account, which pays out to your bank."),
        "globe",
        details={"account": verification.connect_account} if ready and verification else {},
        why_not="" if ready else _("First connect a Stripe account: see “Who you are”."),
    )
