from django.db import transaction

from marketplace.audit.services import record
from marketplace.notifications.models import Message
from marketplace.notifications.services import retry


def send_again(*, message_id: int, actor_id: int | None) -> Message:
    """Try a failed mail afresh, and remember who asked. Raises `IllegalMove` when it has not failed."""
    with transaction.atomic():
        message = retry(message_id=message_id)
        record(action="mail.sent_again", target=message, actor_id=actor_id)
    return message
