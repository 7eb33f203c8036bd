from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.core.ids import opaque_id
from marketplace.payments.models.payment import Payment


class PaymentEvent(models.Model):
    """One line of a payment's story: what was asked, what was answered, what we concluded. Append-only."""

    append_only = True

    class Source(models.TextChoices):
        CHECKOUT = "checkout", _("checkout")
        CALLBACK = "callback", _("provider's callback")
        QUERY = "query", _("query")
        RETURN = "return", _("buyer's return")
        RECONCILER = "reconciler", _("reconciler")
        OPERATOR = "operator", _("operator")

    id = models.UUIDField(primary_key=True, default=opaque_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    source = models.CharField(max_length=12, choices=Source.choices)
    kind = models.CharField(max_length=40)
    """intent, accepted, refused, no_answer, callback, forged, outcome, moved, ..."""
    data = models.JSONField(default=dict)
    """The provider's complete answer, or what we asked."""

    class Meta:
        indexes = [
            models.Index(fields=["payment", "at"], name="payment_story"),
            models.Index(fields=["at"], name="payment_event_written"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.kind}"
