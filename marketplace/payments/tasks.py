from celery import shared_task

from marketplace.payments import disbursements, services
from marketplace.payments.services import watch_float


@shared_task(name="payments.process_inbox")
def process_inbox(message_id: int | None = None) -> None:
    """Process one message that has just come, or every message that is due."""
    if message_id is None:
        services.process_inbox()
    else:
        services.process_message(message_id=message_id)


@shared_task(name="payments.reconcile")
def reconcile() -> None:
    """Settle payments, refunds and paybill money without a callback."""
    services.reconcile()
    services.reconcile_refunds()
    services.reconcile_paybill()


@shared_task(name="payments.sweep_messages")
def sweep_messages() -> None:
    """Fetch webhooks and confirmations that never came."""
    services.sweep_messages()


@shared_task(name="payments.reconcile_days")
def reconcile_days() -> None:
    """Compare yesterday, and days with open cases, with what the providers say."""
    services.reconcile_days()


@shared_task(name="payments.reconcile_disbursements")
def reconcile_disbursements() -> None:
    """Send transfers that nobody sent, and find out what became of the others."""
    disbursements.reconcile_disbursements()


@shared_task(name="payments.ask_balances")
def ask_balances() -> None:
    """Ask what can be sent."""
    watch_float.ask_balances()


@shared_task(name="payments.watch")
def watch() -> None:
    """Put silence, waiting and piling up before a person."""
    services.watch()


@shared_task(name="payments.forget_calls")
def forget_calls() -> None:
    """Drop old measurements of providers."""
    services.forget_calls()
