from django.db import models
from django.db.models import Q

from marketplace.payments.models.payment import Payment


class InboxMessage(models.Model):
    """A provider's message as it came, stored before anyone thinks about it. Unique per provider and event id."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        IGNORED = "ignored"
        """Understood, and nothing to do."""
        QUARANTINED = "quarantined"
        """It contradicts what we know: kept for a person, believed by nobody."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=160)
    kind = models.CharField(max_length=80, blank=True)
    body = models.TextField()
    headers = models.JSONField(default=dict)
    remote_ip = models.GenericIPAddressField(null=True)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="messages")
    about = models.CharField(max_length=80, blank=True)
    """What else it is about: `refund:<id>`, `disbursement:<id>`, `dispute:<id>`, `paybill:<receipt>`."""
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    note = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    deliveries = models.PositiveIntegerField(default=1)
    """How often the provider sent it."""
    due_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="inbox_once")]
        indexes = [
            models.Index(fields=["due_at"], name="inbox_waiting", condition=Q(status="waiting")),
            models.Index(fields=["provider", "-received_at"], name="inbox_newest"),
            models.Index(fields=["about"], name="inbox_about", condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
