"""Delivery: at least once, nearly always exactly once.

A row is leased, the mail goes out, the row is marked. A worker killed between the server's 250 and the mark sends the
mail again when the lease ends; SMTP offers no transaction to prevent that. The Message-ID is the same both times, so
that receiving servers and readers can tell the second copy for what it is.
"""

import logging
import smtplib
from datetime import timedelta
from email.utils import format_datetime, parseaddr

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from marketplace.core import clock
from marketplace.core.crypto import lookup_hash
from marketplace.notifications import conf
from marketplace.notifications.attachments import AttachmentRef, make
from marketplace.notifications.models import Message

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
"""Longer than making attachments and one SMTP conversation take."""
BACKOFF_SECONDS = (10, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200)
"""Ten tries over a little more than a day."""


def send_waiting(*, limit: int = 100) -> int:
    """Send what is due, oldest first. Returns how many mails the server took."""
    sent = 0
    for _ in range(limit):
        message = _claim()
        if message is None:
            break
        sent += _deliver(message)
    return sent


def _claim() -> Message | None:
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(status=Message.Status.WAITING, due_at__lte=clock.now())
            .order_by("due_at", "pk")
            .first()
        )
        if message is not None:
            message.attempts += 1
            message.due_at = clock.now() + LEASE
            message.save(update_fields=["attempts", "due_at"])
        return message


def _deliver(message: Message) -> bool:
    try:
        mail = compose(message)
        mail.send()
    except Exception as error:  # noqa: BLE001 (whatever it is, the mail waits for its next turn and says why)
        logger.warning("mail %s failed (attempt %s): %s", message.pk, message.attempts, type(error).__name__)
        _record_failure(message, error)
        return False
    _finish(message, Message.Status.SENT, sent_at=clock.now(), last_error="")
    return True


def compose(message: Message) -> EmailMultiAlternatives:
    """The mail of a row, the same every time: same Message-ID, same date, attachments made afresh."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=conf.sender(),
        to=[message.to],
        headers={
            "Message-ID": message_id(message),
            "Date": format_datetime(message.created_at),
            "Auto-Submitted": "auto-generated",
        },
        connection=get_connection(timeout=conf.SMTP_SECONDS),
    )
    mail.attach_alternative(message.html, "text/html")
    for ref in message.attachments:
        if (file := make(AttachmentRef(**ref))) is not None:
            mail.attach(file.name, file.content, file.mime)
    return mail


def message_id(message: Message) -> str:
    """Stable for a key, and says nothing about it."""
    domain = parseaddr(conf.sender())[1].rpartition("@")[2] or "localhost"
    return f"<{lookup_hash(message.key, purpose='message-id')[:40]}@{domain}>"


def _record_failure(message: Message, error: Exception) -> None:
    said = f"{type(error).__name__}: {error}"[:2000]
    if _is_final(error) or message.attempts > len(BACKOFF_SECONDS):
        _finish(message, Message.Status.FAILED, last_error=said)
        return
    wait = BACKOFF_SECONDS[message.attempts - 1]
    Message.objects.filter(pk=message.pk, status=Message.Status.WAITING).update(
        due_at=clock.in_seconds(wait), last_error=said
    )


def _is_final(error: Exception) -> bool:
    """No such mailbox: RFC 5321 says a 5xx about the recipient is not to be repeated. Anything else may pass."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(500 <= code < 600 for code, _ in error.recipients.values())


def _finish(message: Message, status: str, **fields: object) -> None:
    with transaction.atomic():
        row = Message.locked(message.pk)
        if row.status != Message.Status.WAITING:
            return
        for name, value in fields.items():
            setattr(row, name, value)
        row.move_to(status, also=tuple(fields))
