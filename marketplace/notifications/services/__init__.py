from marketplace.notifications.attachments import Attachment, AttachmentRef, attaches
from marketplace.notifications.services.deliver import send_waiting
from marketplace.notifications.services.queue import queue
from marketplace.notifications.services.retry import retry

__all__ = ["Attachment", "AttachmentRef", "attaches", "queue", "retry", "send_waiting"]
