from marketplace.notifications.attachments import Attachment, AttachmentRef, attaches
from marketplace.notifications.services.call_webhook import call_webhook
from marketplace.notifications.services.clear_alert import clear_alert
from marketplace.notifications.services.deliver import send_waiting
from marketplace.notifications.services.queue import queue
from marketplace.notifications.services.raise_alert import raise_alert
from marketplace.notifications.services.retry import retry

__all__ = [
    "Attachment",
    "AttachmentRef",
    "attaches",
    "call_webhook",
    "clear_alert",
    "queue",
    "raise_alert",
    "retry",
    "send_waiting",
]
