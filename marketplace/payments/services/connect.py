"""Sellers' own Stripe accounts: opened once, onboarded on Stripe's pages, ready when Stripe says so."""

from marketplace.core.crypto import lookup_hash
from marketplace.payments.errors import AccountRefused, ProviderUnavailable
from marketplace.payments.providers.base import Refused, Silent, Unavailable
from marketplace.payments.providers.stripe import accounts

STRIPE = "stripe"


def open_account(*, seller_ref: str, country: str, email: str) -> str:
    """The id of the seller's account, e.g. `acct_...`, made now or before. Keep it: it is what transfers go to.

    Idempotent by seller, country and address for a day, which is as long as Stripe remembers: store the id at once.
    Refuses: `provider_unavailable`, and `account_refused` with Stripe's reason.
    """
    key = f"connect-{lookup_hash(f'{seller_ref}:{country}:{email}', purpose='connect')[:40]}"
    try:
        return accounts.create(key=key, country=country, email=email, seller_ref=seller_ref)
    except (Refused, Silent) as error:
        raise _refusal(error) from error


def onboarding_url(*, account: str, return_url: str, refresh_url: str) -> str:
    """Where the seller tells Stripe who they are; for one visit. Refuses as `open_account()`."""
    try:
        return accounts.account_link(account, return_url=return_url, refresh_url=refresh_url)
    except (Refused, Silent) as error:
        raise _refusal(error) from error


def account_ready(*, account: str) -> bool:
    """Can money be sent there? Asks Stripe. Refuses as `open_account()`."""
    try:
        return accounts.is_ready(account)
    except (Refused, Silent) as error:
        raise _refusal(error) from error


def _refusal(error: Refused | Silent) -> Exception:
    if isinstance(error, Refused) and not isinstance(error, Unavailable):
        return AccountRefused(error.text or None, reason=error.code)
    return ProviderUnavailable(provider=STRIPE)
