"""The Celery app. Jobs are how work happens after the response; the outbox table is what guarantees that it happens."""

import os

from celery import Celery

from config import watchdog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("sokoni")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
watchdog.watch(app)
