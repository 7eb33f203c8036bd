from celery import shared_task

from marketplace.notifications import services


@shared_task(name="notifications.send_waiting")
def send_waiting() -> None:
    """Send mails that are due."""
    services.send_waiting()


@shared_task(name="notifications.call_webhook")
def call_webhook() -> None:
    """Post alerts that are due."""
    services.call_webhook()
