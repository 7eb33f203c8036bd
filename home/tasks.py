from celery import shared_task
from django.core.management import call_command


@shared_task(name="home.publish_scheduled")
def publish_scheduled() -> None:
    """Publish and take down pages and snippets whose hour has come."""
    call_command("publish_scheduled", verbosity=0)
