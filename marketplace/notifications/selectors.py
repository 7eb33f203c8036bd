"""Reading what people are told."""

from django.db.models import QuerySet

from marketplace.notifications.models import Alert


def open_alerts() -> QuerySet[Alert]:
    """What waits for a person, newest first."""
    return Alert.objects.filter(closed_at=None).order_by("-opened_at", "-pk")
