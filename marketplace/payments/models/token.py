from django.db import models


class ProviderToken(models.Model):
    """A provider's access token, shared by all processes: with Daraja a new one kills the old one."""

    provider = models.CharField(max_length=20, primary_key=True)
    ciphertext = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    """One process at a time fetches a new one; a crashed fetcher's lease runs out."""
    generation = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.provider} #{self.generation}"
