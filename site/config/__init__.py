"""The composition root: settings, URLs, the Celery app. Nothing imports it but the programs that start the site."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
