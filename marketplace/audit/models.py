from django.db import models

from marketplace.core.ids import opaque_id


class LogEntry(models.Model):
    """Who did what to which row, for good. Plain actor ids: people can be erased, what they did cannot."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.BigIntegerField(null=True)
    """Null: the system itself."""
    action = models.CharField(max_length=80)
    """Dotted, e.g. `offer.price_changed`."""
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    """Before and after, without personal data."""

    class Meta:
        verbose_name_plural = "log entries"
        indexes = [models.Index(fields=["target_type", "target_id", "-at"], name="audit_target")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"
