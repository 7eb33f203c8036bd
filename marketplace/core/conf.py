"""Typed reading of the settings this room uses."""

from django.conf import settings


def field_keys() -> list[str]:
    """Keys that encrypt secrets at rest, newest first."""
    return list(settings.FIELD_KEYS)


def lookup_key() -> bytes:
    """Key of the keyed hashes by which secrets are found."""
    return str(settings.LOOKUP_KEY).encode()


def site_url() -> str:
    """The public address without a trailing slash."""
    return str(settings.SITE_URL)


def trusted_proxies() -> int:
    """How many proxies of ours append to X-Forwarded-For."""
    return int(settings.TRUSTED_PROXIES)


def outbox_lease_seconds() -> int:
    """Longer than any handler takes; the facts a crashed worker held wait at most this long."""
    return int(getattr(settings, "OUTBOX_LEASE_SECONDS", 60))
