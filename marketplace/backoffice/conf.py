"""Typed reading of the settings this room uses."""

from typing import Any

from django.conf import settings

ADMIN_PREFIX = "/admin/"


def admin_policy() -> dict[str, Any]:
    """The admin's own Content-Security-Policy, by directive."""
    return dict(settings.ADMIN_CONTENT_SECURITY_POLICY)
