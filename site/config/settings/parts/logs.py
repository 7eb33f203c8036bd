"""One line per event on standard output; secrets in URLs are masked before they are written."""

from typing import Any

from config.settings.parts.values import E

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "marketplace.core.logs.MaskSecrets"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask"]}},
    "root": {"handlers": ["console"], "level": E["LOG_LEVEL"]},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},  # warns that the broker of files has no host
        "wagtail": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
