from celery import shared_task

from marketplace.licensing import services


@shared_task(name="licensing.expire")
def expire() -> None:
    """Mark licenses whose term has run out."""
    services.expire_licenses()
