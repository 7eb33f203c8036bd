from django.db import models


class ProviderCall(models.Model):
    """How long a provider took to answer one question of ours. Measurements, kept for a season."""

    provider = models.CharField(max_length=20)
    operation = models.CharField(max_length=40)
    """e.g. `stk_push`, `stk_query`, `session_create`, `refund`, `b2c`."""
    at = models.DateTimeField(auto_now_add=True)
    milliseconds = models.PositiveIntegerField()
    answer = models.CharField(max_length=20)
    """`ok`, `refused`, `unavailable` or `silent`."""

    class Meta:
        indexes = [models.Index(fields=["provider", "-at"], name="provider_call_newest")]

    def __str__(self) -> str:
        return f"{self.provider} {self.operation}"
