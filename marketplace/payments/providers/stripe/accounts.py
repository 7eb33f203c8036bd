"""Connected accounts that receive transfers. Stripe hosts the onboarding; we keep the account's id and nothing else.

Source: docs.stripe.com/connect (controller properties, account links, capabilities).
"""

from typing import TYPE_CHECKING

from marketplace.payments.providers.stripe.client import calling, client

if TYPE_CHECKING:
    from stripe.params import AccountCreateParams


def create(*, key: str, country: str, email: str, seller_ref: str) -> str:
    """Make an account, or get the same one again under the same key. Returns its id.

    Raises `Refused` (e.g. a country Stripe does not serve), `Unavailable` or `Silent`.
    """
    params: AccountCreateParams = {
        "country": country,
        "email": email,
        "controller": {
            "stripe_dashboard": {"type": "express"},
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
        },
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"seller": seller_ref},
    }
    return calling("account", lambda: client().v1.accounts.create(params, {"idempotency_key": key})).id


def account_link(account: str, *, return_url: str, refresh_url: str) -> str:
    """A page of Stripe's for a few minutes and one visit. Coming back from it does not mean that all is done."""
    link = calling(
        "account_link",
        lambda: client().v1.account_links.create(
            {
                "account": account,
                "return_url": return_url,
                "refresh_url": refresh_url,
                "type": "account_onboarding",
            }
        ),
    )
    return str(link.url)


def is_ready(account: str) -> bool:
    """Can money be sent to it? Raises `Refused`, `Unavailable` or `Silent`."""
    found = calling("account", lambda: client().v1.accounts.retrieve(account)).to_dict(for_json=True)
    return bool((found.get("capabilities") or {}).get("transfers") == "active")
