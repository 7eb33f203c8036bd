from django.db import models

from marketplace.core.money import Money


class ProviderBalance(models.Model):
    """What a provider said lies on one of our accounts there, at one moment."""

    provider = models.CharField(max_length=20)
    account = models.CharField(max_length=60)
    """In the provider's words: `Utility Account`."""
    shortcode = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3)
    current_minor = models.BigIntegerField()
    available_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["provider", "account", "-at"], name="provider_balance_newest")]

    def __str__(self) -> str:
        return f"{self.provider} {self.account}"

    @property
    def available(self) -> Money:
        return Money(self.available_minor, self.currency)
