"""Typed reading of the settings this room uses."""

from django.conf import settings

SMTP_SECONDS = 20
"""How long a silent mail server is waited for; well inside the lease."""


def sender() -> str:
    """The From address of every mail."""
    return str(settings.DEFAULT_FROM_EMAIL)


def site_name() -> str:
    return str(settings.SITE_NAME)
