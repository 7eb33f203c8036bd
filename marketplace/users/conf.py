"""Typed reading of the settings this room uses."""

from django.conf import settings


def site_name() -> str:
    """What a phone or browser shows beside a key it keeps for us."""
    return str(settings.SITE_NAME)


def mfa_required_roles() -> frozenset[str]:
    """Names of the groups whose people need a second step before they enter the admin; empty: nobody needs one."""
    return frozenset(getattr(settings, "MFA_REQUIRED_ROLES", ()))
