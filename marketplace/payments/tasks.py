from celery import shared_task

from marketplace.payments import services


@shared_task(name="payments.process_inbox")
def process_inbox(message_id: int | None = None) -> None:
    """Process one message that has just come, or every message that is due."""
    if message_id is None:
        services.process_inbox()
    else:
        services.process_message(message_id=message_id)


@shared_task(name="payments.reconcile")
def reconcile() -> None:
    """Settle payments without a callback."""
    services.reconcile()
