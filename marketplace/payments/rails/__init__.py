"""The ways money leaves, behind one Protocol. Each knows limits and destinations; the wires are the providers'."""

from functools import cache

from django.utils.module_loading import import_string

from marketplace.ledger.accounts import AccountKey, Code
from marketplace.payments.models import Disbursement
from marketplace.payments.rails.base import Rail

Slug = Disbursement.Rail

CASH = {
    Slug.MPESA_B2C: Code.MPESA_FLOAT,
    Slug.STRIPE_TRANSFER: Code.STRIPE_CLEARING,
    Slug.BANK_FILE: Code.BANK,
}


PATHS = {
    Slug.MPESA_B2C: "marketplace.payments.rails.mpesa_b2c.MpesaB2cRail",
    Slug.STRIPE_TRANSFER: "marketplace.payments.rails.stripe_transfer.StripeTransferRail",
    Slug.BANK_FILE: "marketplace.payments.rails.bank_file.BankFileRail",
}
"""By path: the wires these load speak in terms of `rails.base`."""


def rail(slug: str) -> Rail:
    """The rail of that name. Raises ValueError."""
    return _load(Slug(slug))


def rails() -> list[Rail]:
    """All of them, in the order they are offered."""
    return [_load(slug) for slug in Slug]


@cache
def _load(slug: Slug) -> Rail:
    made: Rail = import_string(PATHS[slug])()
    return made


def cash_account(slug: str) -> AccountKey:
    """Where the money lies that this rail pays with, e.g. 1030 for M-Pesa."""
    return AccountKey(CASH[Slug(slug)])
