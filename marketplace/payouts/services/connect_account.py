"""A seller's own account at Stripe: opened once, and ready when Stripe says so, not when the seller comes back."""

from django.db import transaction

from marketplace.audit.services import record
from marketplace.core.conf import site_url
from marketplace.payments.errors import AccountRefused
from marketplace.payments.services import connect
from marketplace.payouts.errors import NoStripeThere
from marketplace.payouts.models import Verification
from marketplace.sellers.models import Seller


def begin_connect(*, seller: Seller, email: str, back: str, again: str, actor_id: int | None) -> str:
    """The address of Stripe's page where the seller says who they are; `back` and `again` are paths of ours.

    Asks Stripe outside of any transaction. The account is made under one key, so that two clicks make one. Refuses:
    `provider_unavailable`, `no_stripe_there`, `account_refused`.
    """
    row = Verification.objects.filter(seller=seller).first()
    account = row.connect_account if row else ""
    if not account:
        country = row.country if row else seller.country
        try:
            found = connect.open_account(seller_ref=f"seller:{seller.pk}", country=country, email=email)
        except AccountRefused as refusal:
            if refusal.details.get("reason") != "country_unsupported":
                raise
            raise NoStripeThere(country=country) from refusal
        account = _keep(seller, found, actor_id)
    return connect.onboarding_url(account=account, return_url=site_url() + back, refresh_url=site_url() + again)


@transaction.atomic
def _keep(seller: Seller, account: str, actor_id: int | None) -> str:
    """The first one that was kept stays."""
    defaults = {"status": Verification.Status.DRAFT, "country": seller.country}
    row, _made = Verification.objects.select_for_update(no_key=True, of=("self",)).get_or_create(
        seller=seller, defaults=defaults
    )
    if not row.connect_account:
        row.connect_account = account
        row.save(update_fields=["connect_account"])
        record(action="verification.connect_opened", target=seller, actor_id=actor_id, data={"account": account})
    return row.connect_account


def check_connect(*, seller: Seller) -> bool:
    """Ask Stripe whether money can be sent there, and write down the answer. Refuses as `begin_connect()`."""
    row = Verification.objects.filter(seller=seller).exclude(connect_account="").first()
    if row is None:
        return False
    ready = connect.account_ready(account=row.connect_account)
    note_connect(account=row.connect_account, ready=ready)
    return ready


def note_connect(*, account: str, ready: bool) -> None:
    """What Stripe says about an account now."""
    Verification.objects.filter(connect_account=account).exclude(connect_account="").update(connect_ready=ready)
