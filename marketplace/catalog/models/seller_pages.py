from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from marketplace.catalog.blocks import StoryBlock
from marketplace.catalog.models.place import ShopPage
from marketplace.sellers.models import Seller


class SellerIndexPage(ShopPage):
    """Everyone who sells here."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])

    template = "pages/catalog/sellers.html"
    subpage_types = ["catalog.SellerPage"]
    max_count_per_parent = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("seller index")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from marketplace.catalog import presentation  # it reads these models, so they come first

        context = super().get_context(request, *args, **kwargs)
        return {**context, **presentation.seller_index_context(self, request)}


class SellerPage(ShopPage):
    """A seller's shop window: who they are, what they sell. Facts of the seller live in the `Seller` row."""

    seller = models.ForeignKey(Seller, verbose_name=_("seller"), on_delete=models.PROTECT, related_name="+")
    body = StreamField(StoryBlock(), verbose_name=_("story"), blank=True)

    template = "pages/catalog/seller.html"
    served_with = ("seller__logo",)
    parent_page_types = ["catalog.SellerIndexPage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("seller"), FieldPanel("body")]
    search_fields = [
        *Page.search_fields,
        index.SearchField("body"),
        index.RelatedFields("seller", [index.SearchField("name", boost=3), index.SearchField("tagline")]),
        index.FilterField("seller_id"),
    ]

    class Meta:
        verbose_name = _("seller page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from marketplace.catalog import presentation  # it reads these models, so they come first

        context = super().get_context(request, *args, **kwargs)
        return {**context, **presentation.seller_context(self, request)}

    def clean(self) -> None:
        """A seller has one page in a language; pages of the same translation key are its translations."""
        super().clean()
        others = SellerPage.objects.filter(seller_id=self.seller_id, locale_id=self.locale_id).exclude(pk=self.pk)
        if self.seller_id and others.exists():
            raise ValidationError({"seller": _("This seller has a page already.")})
