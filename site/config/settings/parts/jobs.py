"""Celery: a real worker with beat, on Redis or, with nothing installed, on a broker of files.

A broker may lose a message (files do when a worker is killed): nothing depends on it, because every job of consequence
is first a row (outbox, inbox, pending payment) that a periodic task finds again.
"""

from typing import Any

from celery.schedules import crontab

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
    "fetch lost webhooks": {"task": "payments.sweep_messages", "schedule": 300.0},
    "settle pending payments": {"task": "payments.reconcile", "schedule": 10.0},
    "settle transfers under way": {"task": "payments.reconcile_disbursements", "schedule": 10.0},
    "ask what can be sent": {"task": "payments.ask_balances", "schedule": 900.0},
    "compare the books with the providers'": {"task": "payments.reconcile_days", "schedule": 21600.0},
    "watch for silence and piling up": {"task": "payments.watch", "schedule": 300.0},
    "forget old measurements": {"task": "payments.forget_calls", "schedule": crontab(hour="2", minute="10")},
    "send waiting mails": {"task": "notifications.send_waiting", "schedule": 15.0},
    "tell the webhook of alerts": {"task": "notifications.call_webhook", "schedule": 15.0},
    "seal what was committed": {"task": "ledger.seal", "schedule": 60.0},
    "prove the books": {"task": "ledger.prove", "schedule": crontab(hour="23", minute="30")},
    "release sellers' shares": {"task": "payouts.release_due", "schedule": 3600.0},
    "propose payouts": {"task": "payouts.propose_run", "schedule": crontab(hour="3", minute="0")},
    "go on with payout runs": {"task": "payouts.fill_runs", "schedule": 300.0},
    "settle payouts whose news got lost": {"task": "payouts.follow_up", "schedule": 300.0},
    "release expired holds": {"task": "commerce.release_expired", "schedule": 60.0},
    "go on with bulk refunds": {"task": "commerce.run_bulk_refunds", "schedule": 15.0},
    "forget old carts": {"task": "commerce.forget_old_carts", "schedule": 3600.0},
    "mark licenses whose term is over": {"task": "licensing.expire", "schedule": 3600.0},
    "recount stock": {"task": "commerce.recount_stock", "schedule": 86400.0},
    "publish scheduled pages": {"task": "home.publish_scheduled", "schedule": 60.0},
}
