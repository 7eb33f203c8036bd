from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models.order import Order


class OrderHold(models.Model):
    """A paid order whose goods wait: its payment looked doubtful, and a person decides before anything is delivered."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("goods wait")
        RELEASED = "released", _("released")
        REFUSED = "refused", _("refused")
        """Nothing is delivered; the money goes back by a refund of the order."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="hold")
    score = models.PositiveIntegerField()
    """As in the payment's assessment, which says why."""
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    note = models.CharField(max_length=300, blank=True)
    decided_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="order_hold_open", condition=Q(outcome="waiting"))]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.outcome}"
