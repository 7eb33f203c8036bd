"""Typed reading of the settings this room uses."""

from django.conf import settings


def hold_seconds() -> int:
    """How long a cart holds stock, counted from the last thing added."""
    return int(settings.HOLD_SECONDS)


def max_hold_seconds() -> int:
    """However often something is added, a cart's hold ends this long after it began."""
    return int(getattr(settings, "HOLD_MAX_SECONDS", 3600))


def cart_max_lines() -> int:
    """Different offers in one cart."""
    return int(getattr(settings, "CART_MAX_LINES", 20))


def cart_max_units() -> int:
    """Things in one cart, all lines together."""
    return int(getattr(settings, "CART_MAX_UNITS", 60))


def visitor_max_units() -> int:
    """Things all carts of one network address may hold at once. Generous: a mobile network hides many behind one."""
    return int(getattr(settings, "VISITOR_MAX_UNITS", 240))


def order_grace_seconds() -> int:
    """Between a payment's deadline and the moment the order gives up."""
    return int(getattr(settings, "ORDER_GRACE_SECONDS", 120))


def order_max_seconds() -> int:
    """No payment of an order begins later than this after it was placed, however often one failed."""
    return int(getattr(settings, "ORDER_MAX_SECONDS", 3600))


def cart_keep_days() -> int:
    """A cart nobody touched for so long is forgotten."""
    return int(getattr(settings, "CART_KEEP_DAYS", 14))


def dispute_fees_recharged() -> bool:
    """Does the seller bear what the provider charges for a dispute that was lost?"""
    return bool(getattr(settings, "DISPUTE_FEES_RECHARGED", False))


def site_name() -> str:
    return str(settings.SITE_NAME)


def site_url() -> str:
    """The public address without a trailing slash."""
    return str(settings.SITE_URL)


def time_zone() -> str:
    """IANA zone of what brings none of its own."""
    return str(settings.TIME_ZONE)
