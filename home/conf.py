"""Typed reading of the settings this room uses."""

from django.conf import settings


def site_name() -> str:
    """What the site is called until an editor says otherwise."""
    return str(getattr(settings, "SITE_NAME", "Sokoni"))


def site_url() -> str:
    """The public address without a trailing slash."""
    return str(settings.SITE_URL)


def robots_allowed() -> bool:
    """May search engines list this deployment? Staging says no."""
    return bool(getattr(settings, "ROBOTS_ALLOWED", True))
