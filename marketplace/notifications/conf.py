"""Typed reading of the settings this room uses."""

from django.conf import settings

SMTP_SECONDS = 20
"""How long a silent mail server is waited for; well inside the lease."""


def sender() -> str:
    """The From address of every mail."""
    return str(settings.DEFAULT_FROM_EMAIL)


def site_name() -> str:
    return str(settings.SITE_NAME)


def alert_emails() -> list[str]:
    """Who is told by mail when something needs a person."""
    return list(settings.ALERT_EMAILS)


def alert_webhook() -> str:
    """Where alerts are posted; empty: nowhere."""
    return str(settings.ALERT_WEBHOOK)


def alert_webhook_secret() -> bytes:
    """Key of the signature; empty: unsigned."""
    return str(settings.ALERT_WEBHOOK_SECRET).encode()


WEBHOOK_SECONDS = 5
"""How long a silent webhook is waited for; well inside its lease."""
