from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin
from wagtail.search import index

from marketplace.commerce.models import Offer
from marketplace.events.models.occurrence import Occurrence


class TicketType(TranslatableMixin, index.Indexed, models.Model):
    """A kind of ticket to one date. Its words are here, translatable; price and stock are the offer's, in one copy."""

    occurrence = models.ForeignKey(
        Occurrence, verbose_name=_("date"), on_delete=models.PROTECT, related_name="ticket_types"
    )
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="ticket_types")
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=500, blank=True)
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
        index.FilterField("occurrence_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("ticket type")
        verbose_name_plural = _("ticket types")
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["offer", "locale"], name="ticket_type_once_per_language")]

    def __str__(self) -> str:
        return f"{self.name} ({self.occurrence})"
