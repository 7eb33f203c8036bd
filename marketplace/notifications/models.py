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


class Alert(models.Model):
    """Something a person must look at. One open row per `key`, however often it is noticed."""

    code = models.CharField(_("kind"), max_length=60)
    """Stable, e.g. `proof_failed`, `float_low`."""
    key = models.CharField(max_length=120)
    """What it is about: raised again while open, it is the same alert."""
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"), blank=True)
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    last_seen_at = models.DateTimeField(_("last seen"), default=clock.now)
    times = models.PositiveIntegerField(_("times seen"), default=1)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="alert_one_open", condition=models.Q(closed_at=None))
        ]
        indexes = [models.Index(fields=["-opened_at"], name="alert_newest")]

    def __str__(self) -> str:
        return self.subject


class AlertCall(models.Model):
    """One POST to the operator's webhook: that an alert was opened, or closed. Kept until it was taken or given up."""

    class News(models.TextChoices):
        OPENED = "opened"
        CLOSED = "closed"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="calls")
    news = models.CharField(max_length=6, choices=News.choices)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, default=clock.now)
    """Not before this moment: a lease while a worker is at it, a back-off after a failure. Null: done or given up."""
    taken_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "news"], name="alert_told_once")]
        indexes = [models.Index(fields=["due_at"], name="alert_call_waiting", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.news}: {self.alert_id}"
