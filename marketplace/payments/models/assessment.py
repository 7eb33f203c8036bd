from django.db import models

from marketplace.payments.models.payment import Payment


class Assessment(models.Model):
    """How doubtful a payment looked when its money came, and why: the sum of what the rules found."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, primary_key=True, related_name="assessment")
    score = models.PositiveIntegerField()
    findings = models.JSONField(default=list)
    """`[{"code": "phone_velocity", "weight": 30, "count": 7}]`: numbers only, no people."""
    holds = models.BooleanField(default=False)
    """It reached the bound from which goods wait for a person."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="assessment_newest")]

    def __str__(self) -> str:
        return f"{self.payment_id}: {self.score}"
