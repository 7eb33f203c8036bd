"""News between rooms: a row in the same transaction, delivered after commit, at least once, to idempotent handlers.

`publish()` writes one row per handler; `drain()` delivers what is due. A worker killed half-way leaves its lease to run
out, after which the fact is delivered again.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

from marketplace.core import clock, conf
from marketplace.core.models import OutboxEvent

logger = logging.getLogger(__name__)

Handler = Callable[..., None]
BACKOFF_SECONDS = (1, 5, 15, 60, 300, 900, 3600)

_handlers: dict[str, dict[str, Handler]] = {}


def on(topic: str) -> Callable[[Handler], Handler]:
    """Register a handler for a topic. It is called with the payload as keyword arguments, possibly more than once."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(topic, {})[f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return register


def publish(topic: str, **payload: Any) -> None:
    """State a fact (JSON values only) inside the current transaction; wake a worker after commit."""
    names = _handlers.get(topic, {})
    OutboxEvent.objects.bulk_create(
        OutboxEvent(topic=topic, handler=name, payload=payload, due_at=clock.now()) for name in names
    )
    if names:
        transaction.on_commit(wake)


def wake() -> None:
    """Ask a worker to deliver now. A broker that is away only delays: beat drains every few seconds."""
    from marketplace.core.jobs import enqueue

    enqueue("core.drain_outbox")


def drain(*, limit: int = 200) -> int:
    """Deliver what is due, oldest first. Returns how many facts were delivered."""
    delivered = 0
    for _ in range(limit):
        event = _claim()
        if event is None:
            break
        delivered += _deliver(event)
    return delivered


def _claim() -> OutboxEvent | None:
    with transaction.atomic():
        event = (
            OutboxEvent.objects.select_for_update(skip_locked=True)
            .filter(delivered_at__isnull=True, due_at__lte=clock.now())
            .order_by("due_at", "pk")
            .first()
        )
        if event is not None:
            event.attempts += 1
            event.due_at = clock.in_seconds(conf.outbox_lease_seconds())
            event.save(update_fields=["attempts", "due_at"])
        return event


def _deliver(event: OutboxEvent) -> int:
    handler = _handlers.get(event.topic, {}).get(event.handler)
    try:
        if handler is None:
            raise LookupError(f"no handler {event.handler}")
        handler(**event.payload)
    except Exception as error:
        logger.exception("outbox: %s failed (attempt %s)", event, event.attempts)
        wait = BACKOFF_SECONDS[min(event.attempts, len(BACKOFF_SECONDS)) - 1]
        OutboxEvent.objects.filter(pk=event.pk).update(
            due_at=clock.in_seconds(wait), last_error=f"{type(error).__name__}: {error}"[:2000]
        )
        return 0
    OutboxEvent.objects.filter(pk=event.pk).update(delivered_at=clock.now(), last_error="")
    return 1
