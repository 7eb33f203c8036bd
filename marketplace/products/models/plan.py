from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin
from wagtail.search import index

from marketplace.commerce.models import Offer


class LicensePlan(TranslatableMixin, index.Indexed, models.Model):
    """What a license grants. Its words are translatable; price and stock are the offer's, in one copy."""

    class Term(models.TextChoices):
        PERPETUAL = "perpetual", _("perpetual")
        TERM = "term", _("for a time")

    product = models.ForeignKey(
        "products.ProductPage", verbose_name=_("product"), on_delete=models.PROTECT, related_name="plan_rows"
    )
    product.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]
    """The page it was entered on. Translations of that page sell it too: ask `ProductPage.plans`."""
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="license_plans")
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=500, blank=True)
    term = models.CharField(_("term"), max_length=10, choices=Term.choices, default=Term.PERPETUAL)
    term_days = models.PositiveIntegerField(_("days"), null=True, blank=True)
    """Length of a term license, counted from purchase."""
    seats = models.PositiveIntegerField(_("seats"), default=1)
    """How many people may use one license."""
    activation_limit = models.PositiveIntegerField(_("activations"), null=True, blank=True)
    """On how many machines at once; null: any number."""
    usage_limit = models.PositiveBigIntegerField(_("usage limit"), null=True, blank=True)
    """How much of `usage_unit` a license includes; null: unmetered."""
    usage_unit = models.CharField(_("usage unit"), max_length=40, blank=True)
    stopped = models.BooleanField(_("sales stopped"), default=False, editable=False)
    """By the seller's hand; `Offer.active` also answers to the page and the calendar. Alike in every language."""
    sort_order = models.PositiveIntegerField(_("position"), default=100)

    search_fields = [
        index.SearchField("name", boost=2),
        index.AutocompleteField("name"),
        index.SearchField("description"),
        index.RelatedFields("offer", [index.SearchField("title"), index.AutocompleteField("title")]),
        index.FilterField("id"),
        index.FilterField("locale_id"),
        index.FilterField("translation_key"),
        index.FilterField("product_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("license plan")
        verbose_name_plural = _("license plans")
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "locale"], name="license_plan_once_per_language"),
            models.CheckConstraint(
                condition=Q(term="perpetual", term_days__isnull=True) | Q(term="term", term_days__gte=1),
                name="license_plan_term_has_days",
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="license_plan_seats_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.offer.title}: {self.name}"
