"""Typed reading of the settings this room uses."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class StripeSettings:
    """How we reach Stripe and which secrets its webhooks may be signed with."""

    secret_key: str
    webhook_secrets: list[str]
    api_base: str


def mpesa() -> MpesaSettings:
    return MpesaSettings(**settings.MPESA)


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
