from functools import partial

from django.db import transaction

from marketplace.core import clock
from marketplace.core.jobs import enqueue
from marketplace.notifications.models import Message


def retry(*, message_id: int) -> Message:
    """Try a failed mail afresh, e.g. once the mail server is mended. Raises `IllegalMove` when it has not failed."""
    with transaction.atomic():
        message = Message.locked(message_id)
        message.attempts, message.due_at = 0, clock.now()
        message.move_to(Message.Status.WAITING, also=("attempts", "due_at"))
        transaction.on_commit(partial(enqueue, "notifications.send_waiting"))
    return message
