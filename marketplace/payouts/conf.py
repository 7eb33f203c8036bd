"""Typed reading of the settings this room uses. Amounts are minor units by currency."""

from datetime import timedelta

from django.conf import settings

BASES = ("earnings", "sales")


def platform_country() -> str:
    """ISO 3166 code of where the marketplace itself pays tax: its law says what is withheld from payouts."""
    return str(getattr(settings, "PLATFORM_COUNTRY", "KE"))


def second_approval_minor(currency: str) -> int:
    """From this payout on, two people must agree. A currency that is not listed always needs two."""
    limits: dict[str, int] = getattr(settings, "PAYOUT_SECOND_APPROVAL", {"KES": 50_000_000, "USD": 500_000})
    return int(limits.get(currency, 0))


def cool_off() -> timedelta:
    """How long a new destination waits before money goes there: time to notice that somebody else changed it."""
    return timedelta(hours=float(getattr(settings, "PAYOUT_COOL_OFF_HOURS", 48)))


def withholding_base() -> str:
    """What tax is withheld from: `earnings` (what is paid out) or `sales` (that and our commission on it)."""
    base = str(getattr(settings, "PAYOUT_WITHHOLDING_BASE", "earnings"))
    if base not in BASES:
        raise ValueError(f"PAYOUT_WITHHOLDING_BASE is one of {', '.join(BASES)}, not {base!r}")
    return base


def platform_name() -> str:
    """Who invoices the commission: the marketplace's name in law, with its address."""
    return str(getattr(settings, "PLATFORM_NAME", "") or getattr(settings, "SITE_NAME", ""))


def platform_tax_number() -> str:
    return str(getattr(settings, "PLATFORM_TAX_NUMBER", ""))
