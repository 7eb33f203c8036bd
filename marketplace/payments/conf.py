"""Typed reading of the settings this room uses."""

from dataclasses import dataclass, replace

from django.conf import settings


@dataclass(frozen=True)
class MpesaSettings:
    """How we reach Daraja and who we are there."""

    base_url: str
    consumer_key: str
    consumer_secret: str
    shortcode: str
    party_b: str
    transaction_type: str
    passkey: str
    callback_ips: list[str]
    """Addresses callbacks may come from; empty: any."""
    confirm: str
    """Ask Daraja before believing a success callback: `never`, `high_value` or `always`."""
    confirm_above_minor: int
    """With `high_value`: from this amount on, in cents."""
    initiator: str = ""
    """The API operator in whose name money is sent, reversed and asked about; empty: none of that."""
    initiator_password: str = ""
    certificate: str = ""
    """Daraja's own, as PEM or the path of a PEM file."""
    b2c_shortcode: str = ""
    """The short code money is sent from."""
    float_low_minor: int = 0
    """Alert when less than this can be sent, in cents; 0: never."""


@dataclass(frozen=True)
class BankAccount:
    """Our own account, which bank files are paid from."""

    name: str = "Sokoni"
    account: str = ""
    """An IBAN, or the account's number."""
    bic: str = ""
    bank: str = ""


@dataclass(frozen=True)
class StripeSettings:
    """How we reach Stripe and which secrets its webhooks may be signed with."""

    secret_key: str
    webhook_secrets: list[str]
    api_base: str


def mpesa() -> MpesaSettings:
    return MpesaSettings(**settings.MPESA)


def bank_account() -> BankAccount:
    """Without the spaces people write IBANs and BICs with: files take them without."""
    found = BankAccount(**getattr(settings, "BANK_ACCOUNT", {}))
    return replace(found, account="".join(found.account.split()), bic="".join(found.bic.split()).upper())


def stripe() -> StripeSettings:
    return StripeSettings(**settings.STRIPE)


def provider_paths() -> dict[str, str]:
    """Slug -> dotted path of the provider's class, in the order they are offered."""
    return dict(settings.PAYMENT_PROVIDERS)


def site_url() -> str:
    """The public address without a trailing slash; providers call back below it."""
    return str(settings.SITE_URL)


def answer_seconds() -> float:
    """How long a provider may take to answer: a web worker waits meanwhile."""
    return float(getattr(settings, "PROVIDER_ANSWER_SECONDS", 20))


@dataclass(frozen=True)
class RiskSettings:
    """From which score goods wait for a person (0: never), and what deviates from the rules' own bounds and weights."""

    hold_score: int
    rules: dict[str, dict[str, int]]


def risk() -> RiskSettings:
    return RiskSettings(
        hold_score=int(getattr(settings, "RISK_HOLD_SCORE", 0)), rules=dict(getattr(settings, "RISK_RULES", {}))
    )


def paybill_unknown() -> str:
    """What is said to money on its way to the paybill whose reference names nothing: `accept` or `reject`."""
    return str(getattr(settings, "PAYBILL_UNKNOWN", "accept"))


@dataclass(frozen=True)
class WatchSettings:
    """When silence and waiting become an alert. `PAYMENTS_WATCH` in the settings overrides single values."""

    silent_minutes: int = 60
    silent_payments: int = 3
    """Fewer paid ones in that time prove no silence."""
    stuck_minutes: int = 30
    backlog_minutes: int = 10
    refund_failed_minutes: int = 60
    refund_unsure_minutes: int = 24 * 60
    bank_silent_days: int = 3
    """After the day on which a bank file was to be paid."""
    evidence_hours: int = 48


def watch() -> WatchSettings:
    return WatchSettings(**getattr(settings, "PAYMENTS_WATCH", {}))
