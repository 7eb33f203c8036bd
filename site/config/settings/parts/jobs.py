"""Celery: a real worker with beat, on Redis or, with nothing installed, on a broker of files.

A broker may lose a message (files do when a worker is killed): nothing depends on it, because every job of consequence
is first a row (outbox, inbox, pending payment) that a periodic task finds again.
"""

from typing import Any

from config.env import VAR
from config.settings.parts.values import E
from marketplace.core import file_broker

if E["REDIS_URL"]:
    CELERY_BROKER_URL = E["REDIS_URL"]
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 300,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "max_retries": 0,
    }
else:
    _BOX = VAR / "broker"
    for _name in ("queue", "control"):
        (_BOX / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = file_broker.register()
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_BOX / "queue"),
        "data_folder_out": str(_BOX / "queue"),
        "control_folder": str(_BOX / "control"),
        "polling_interval": 0.2,
    }

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "deliver outbox facts": {"task": "core.drain_outbox", "schedule": 5.0},
    "process webhook inbox": {"task": "payments.process_inbox", "schedule": 5.0},
    "settle pending payments": {"task": "payments.reconcile", "schedule": 10.0},
    "send waiting mails": {"task": "notifications.send_waiting", "schedule": 15.0},
    "release expired holds": {"task": "commerce.release_expired", "schedule": 60.0},
    "forget old carts": {"task": "commerce.forget_old_carts", "schedule": 3600.0},
    "mark licenses whose term is over": {"task": "licensing.expire", "schedule": 3600.0},
    "recount stock": {"task": "commerce.recount_stock", "schedule": 86400.0},
    "publish scheduled pages": {"task": "home.publish_scheduled", "schedule": 60.0},
}
