import logging

from marketplace.core import clock
from marketplace.payments.models import InboxMessage
from marketplace.payments.services.process_message import process_message

logger = logging.getLogger(__name__)


def process_inbox(*, limit: int = 100) -> int:
    """Process every message that is due, oldest first; returns how many. One that breaks does not stop the others."""
    due = InboxMessage.objects.filter(status=InboxMessage.Status.WAITING, due_at__lte=clock.now())
    done = 0
    for message_id in list(due.order_by("due_at").values_list("pk", flat=True)[:limit]):
        try:
            process_message(message_id=message_id)
            done += 1
        except Exception:
            # Its lease runs out and it is tried again; what is wrong is for a developer to see.
            logger.exception("inbox: message %s could not be processed", message_id)
    return done
