from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.ids import readable_code
from marketplace.core.money import Money


class BankFile(models.Model):
    """Many transfers in one file for the bank's own portal. What is in it never changes: its lines point here."""

    code = models.CharField(max_length=12, unique=True, default=readable_code, editable=False)
    """The file's own id, which the bank gets as message id: it refuses the same file twice."""
    currency = models.CharField(max_length=3)
    lines = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    execute_on = models.DateField()
    """The day the bank is asked to pay."""

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(lines__gt=0) & Q(total_minor__gt=0), name="bank_file_not_empty"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise models.ProtectedError("Bank files are never deleted.", {self})


class BankFileDownload(models.Model):
    """Who took the file out, when, in which form, and exactly which bytes. Append-only."""

    append_only = True

    class Form(models.TextChoices):
        CSV = "csv", _("CSV")
        PAIN = "pain001", _("ISO 20022 (pain.001)")

    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="downloads")
    form = models.CharField(max_length=8, choices=Form.choices)
    digest = models.CharField(max_length=64)
    """SHA-256 of what was handed out."""
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.file_id} {self.form}"
