from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from home import presentation
from marketplace.catalog import trail
from marketplace.catalog.blocks import StoryBlock


class HomePage(Page):
    """The front of the market. What an editor does not choose is filled with what is on next."""

    hero_eyebrow = models.CharField(_("line above the headline"), max_length=80, blank=True)
    hero_title = models.CharField(
        _("headline"), max_length=80, blank=True, help_text=_("A few words, set very large. Empty: the page's title.")
    )
    hero_text = models.CharField(_("text under the headline"), max_length=220, blank=True)
    body = StreamField(StoryBlock(), verbose_name=_("story"), blank=True)

    template = "pages/home/home.html"
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("hero_eyebrow"), FieldPanel("hero_title"), FieldPanel("hero_text")], heading=_("Headline")
        ),
        InlinePanel("featured_events", heading=_("Events shown first"), max_num=12),
        InlinePanel("featured_products", heading=_("Products shown first"), max_num=8),
        InlinePanel("cities", heading=_("Cities"), max_num=8),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("hero_text"), index.SearchField("body")]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return {**context, **presentation.home_context(self, request)}

    def get_view_restrictions(self) -> Any:
        return trail.restrictions(self)


class HomeEvent(Orderable):
    """An event an editor puts in front."""

    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="featured_events")
    event = models.ForeignKey("events.EventPage", on_delete=models.CASCADE, related_name="+")

    panels = [FieldPanel("event")]


class HomeProduct(Orderable):
    """A product an editor puts in front."""

    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="featured_products")
    product = models.ForeignKey("products.ProductPage", on_delete=models.CASCADE, related_name="+")

    panels = [FieldPanel("product")]


class HomeCity(Orderable):
    """A short cut to what is on in one city. The name must be the one venues carry."""

    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="cities")
    name = models.CharField(_("city"), max_length=80)

    panels = [FieldPanel("name")]


class StandardPage(Page):
    """Words that are neither for sale nor a listing: about, help, terms, privacy."""

    summary = models.CharField(_("summary"), max_length=220, blank=True)
    body = StreamField(StoryBlock(), verbose_name=_("story"), blank=True)

    template = "pages/home/standard.html"
    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]
    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("summary", boost=2), index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return {**context, **presentation.standard_context(self, request)}

    def get_view_restrictions(self) -> Any:
        return trail.restrictions(self)
