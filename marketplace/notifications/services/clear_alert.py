from django.db import transaction

from marketplace.core import clock
from marketplace.notifications.models import Alert, AlertCall
from marketplace.notifications.services.raise_alert import call


def clear_alert(*, key: str) -> bool:
    """It is over: close the open alert of this key and tell the webhook. False when there was none."""
    with transaction.atomic():
        alert = Alert.objects.select_for_update().filter(key=key, closed_at=None).first()
        if alert is None:
            return False
        alert.closed_at = clock.now()
        alert.save(update_fields=["closed_at"])
        call(alert, AlertCall.News.CLOSED)
    return True
