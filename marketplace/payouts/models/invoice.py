from django.db import models
from django.db.models import F, Q

from marketplace.payouts.models.earning import Earning
from marketplace.payouts.models.payout import Payout
from marketplace.sellers.models import Seller


class NumberSeries(models.Model):
    """The last number given out of a series. Its row lock makes the numbers gapless: tax offices ask for that."""

    name = models.CharField(max_length=20, unique=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class CommissionInvoice(models.Model):
    """Our invoice to a seller for the commission on what was released, made when a payout is paid. Append-only.

    Commission given back since it was billed is a negative line of the next invoice.
    """

    append_only = True

    series = models.CharField(max_length=20)
    """The year, e.g. `2026`."""
    sequence = models.PositiveIntegerField()
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="commission_invoices")
    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="invoice")
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    fee_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="commission_invoice_numbered"),
            models.CheckConstraint(
                condition=Q(total_minor=F("fee_minor") + F("tax_minor")), name="commission_invoice_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"C{self.series}-{self.sequence:06d}"


class CommissionInvoiceLine(models.Model):
    """The commission on one sale, or a part of it given back (negative). Append-only."""

    append_only = True

    invoice = models.ForeignKey(CommissionInvoice, on_delete=models.PROTECT, related_name="lines")
    earning = models.ForeignKey(Earning, on_delete=models.PROTECT, related_name="invoice_lines")
    fee_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["invoice", "earning"], name="commission_invoice_line_once")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.earning_id}"
