from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.models import Seller


class Terms(models.Model):
    """What was agreed: commission, hold, minimum, schedule, reserve. The most specific row wins, whole.

    Seller and category > seller > category > everyone. Dated: change by adding a row, not by editing one.
    """

    class Schedule(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every Monday")
        MONTHLY = "monthly", _("on the first of the month")
        ON_REQUEST = "request", _("when the seller asks")

    seller = models.ForeignKey(Seller, null=True, blank=True, on_delete=models.PROTECT, related_name="terms")
    category = models.CharField(_("category"), max_length=80, blank=True, help_text=_("Its slug; empty: all"))
    fee_basis_points = models.PositiveIntegerField(
        _("commission, basis points"), null=True, blank=True, help_text=_("500 is 5 %; empty: as set on the seller")
    )
    hold_days = models.PositiveSmallIntegerField(_("days held after the service date"), default=3)
    minimum = models.JSONField(_("smallest payout, minor units by currency"), default=dict, blank=True)
    """{"KES": 100000}: less than KES 1,000 waits for the next run."""
    schedule = models.CharField(_("paid out"), max_length=10, choices=Schedule.choices, default=Schedule.WEEKLY)
    reserve_basis_points = models.PositiveIntegerField(_("reserve, basis points"), default=0)
    reserve_days = models.PositiveSmallIntegerField(_("days in reserve"), default=0)
    payout_fee = models.JSONField(_("payout fee, minor units by currency"), default=dict, blank=True)
    """Recharged to the seller."""
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name_plural = _("terms")
        ordering = ["seller", "category", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "category", "valid_from"], name="terms_once", condition=Q(seller__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["category", "valid_from"], name="terms_of_all_once", condition=Q(seller__isnull=True)
            ),
            models.CheckConstraint(condition=Q(reserve_basis_points__lte=5000), name="terms_reserve_at_most_half"),
            models.CheckConstraint(
                condition=Q(fee_basis_points=None) | Q(fee_basis_points__lte=5000), name="terms_fee_at_most_half"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller or _('everyone')} {self.category}".strip()


class LevyRate(models.Model):
    """What the law takes, as dated data: tax on our own commission, tax withheld from payouts."""

    class Kind(models.TextChoices):
        COMMISSION_TAX = "commission_tax", _("tax on commission")
        WITHHOLDING = "withholding", _("withholding tax")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    country = models.CharField(_("country"), max_length=2)
    resident = models.BooleanField(_("for residents"), default=True)
    """Whether the seller lives in `country`; tax on commission looks at the seller's country only."""
    basis_points = models.PositiveIntegerField(_("rate, basis points"), help_text=_("500 is 5 %"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to, inclusive"), null=True, blank=True)

    class Meta:
        ordering = ["country", "kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "country", "resident", "valid_from"], name="levy_once"),
            models.CheckConstraint(condition=Q(basis_points__lte=10000), name="levy_at_most_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.kind} {self.basis_points / 100:g} %"
