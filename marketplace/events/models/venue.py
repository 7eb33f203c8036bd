from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index

from marketplace.sellers.models import Seller


class Venue(TranslatableMixin, index.Indexed, models.Model):  # type: ignore[django-manager-missing]
    """Where events happen. A venue without an owner belongs to the marketplace: every seller may choose it."""

    seller = models.ForeignKey(
        Seller,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: a venue of the marketplace, offered to every seller."),
    )
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("street address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, db_index=True)
    country = models.CharField(_("country"), max_length=2, default="KE", help_text=_("ISO 3166 code, e.g. KE"))
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    directions = models.TextField(_("how to get there"), blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("seller"),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldRowPanel(["city", "country"]),
                FieldRowPanel(["latitude", "longitude"]),
                FieldPanel("directions"),
            ],
            heading=_("Place"),
        ),
    ]
    search_fields = [
        index.SearchField("name", boost=2),
        index.AutocompleteField("name"),
        index.SearchField("address"),
        index.SearchField("city"),
        index.AutocompleteField("city"),
        index.FilterField("id"),
        index.FilterField("seller_id"),
        index.FilterField("locale_id"),
        index.FilterField("translation_key"),
        index.FilterField("city"),
        index.FilterField("country"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"
