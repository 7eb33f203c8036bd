from celery import shared_task

from marketplace.core import outbox


@shared_task(name="core.drain_outbox")
def drain_outbox() -> None:
    """Deliver outbox facts that are due."""
    outbox.drain()
