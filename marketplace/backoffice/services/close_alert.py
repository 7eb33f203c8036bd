from django.db import transaction

from marketplace.audit.services import record
from marketplace.notifications.models import Alert
from marketplace.notifications.services import clear_alert


def close_alert(*, alert_id: int, actor_id: int | None) -> bool:
    """A person has dealt with it. Noticed again, it is a new alert. False when it was closed already."""
    with transaction.atomic():
        alert = Alert.objects.filter(pk=alert_id).first()
        if alert is None or alert.closed_at is not None or not clear_alert(key=alert.key):
            return False
        record(action="alert.closed", target=alert, actor_id=actor_id, data={"key": alert.key})
    return True
