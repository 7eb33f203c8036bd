from celery import shared_task

from marketplace.notifications import services


@shared_task(name="notifications.send_waiting")
def send_waiting() -> None:
    """Send mails that are due."""
    services.send_waiting()
