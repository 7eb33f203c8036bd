"""Ask a worker for something, without ever failing the request that asks."""

import logging
from typing import Any

from celery import current_app
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)


def enqueue(name: str, **kwargs: Any) -> None:
    """Send a task by name. When the broker is away the job is not lost: a periodic task finds its row."""
    try:
        current_app.send_task(name, kwargs=kwargs, retry=False)
    except (KombuError, OSError) as error:
        logger.warning("broker is away, %s waits for the next sweep: %s", name, error)
