from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.core import clock
from marketplace.core.states import StateMachine, status_check


class MessageStatus(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    """The mail server took it. Whether the buyer reads it is not known."""
    FAILED = "failed", _("failed")
    """Given up: the address does not exist, or the server refused for more than a day."""


class Message(StateMachine):
    """A mail as it will be sent: rendered once, kept until the mail server took it, sent once per key."""

    Status = MessageStatus

    MOVES = {
        Status.WAITING: {Status.SENT, Status.FAILED},
        Status.SENT: set(),
        Status.FAILED: {Status.WAITING},
    }

    key = models.CharField(max_length=200, unique=True)
    """What it is about, e.g. `order:7KQM3XPA:ready`. The same key twice is the same mail."""
    template = models.CharField(_("template"), max_length=60)
    to = models.EmailField(_("to"))
    locale = models.CharField(max_length=10, default="en")
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    attachments = models.JSONField(default=list, blank=True)
    """References `[{"kind": "tickets_pdf", "id": "12"}]`; files are made when the mail is sent, not stored."""
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(default=clock.now)
    """Not before this moment: a lease while a worker holds it, a back-off after a failure."""
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        constraints = [status_check("message_status", MessageStatus)]
        indexes = [
            models.Index(fields=["due_at"], name="message_waiting", condition=models.Q(status="waiting")),
            models.Index(fields=["to", "-created_at"], name="message_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.key})"
