from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models.offer import Offer


class TaxRate(models.Model):
    """A tax rate as dated data: what the law said on a day. Change by adding a row, not by editing one."""

    country = models.CharField(_("country"), max_length=2)
    name = models.CharField(_("name on the receipt"), max_length=40, default="VAT")
    tax_class = models.CharField(_("tax class"), max_length=10, choices=Offer.TaxClass.choices)
    basis_points = models.PositiveIntegerField(_("rate, basis points"), help_text=_("1600 is 16 %"))
    included = models.BooleanField(_("included in the price"), default=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to, inclusive"), null=True, blank=True)

    class Meta:
        ordering = ["country", "tax_class", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["country", "tax_class", "valid_from"], name="tax_rate_once"),
            models.CheckConstraint(condition=Q(basis_points__lte=10000), name="tax_rate_at_most_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.name} {self.basis_points / 100:g} %"
