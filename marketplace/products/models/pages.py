from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from marketplace.catalog.models import SellableMixin, ShopPage
from marketplace.products.models.plan import LicensePlan
from marketplace.products.models.version import ProductVersion


class ProductIndexPage(ShopPage):
    """The listing of digital products, with its filters."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])

    seller_shelf = True
    template = "pages/products/index.html"
    subpage_types = ["products.ProductPage"]

    class Meta:
        verbose_name = _("product index")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from marketplace.products import presentation  # it reads these models, so they come first

        context = super().get_context(request, *args, **kwargs)
        return {**context, **presentation.product_index_context(self, request)}


class ProductPage(SellableMixin, ShopPage):  # type: ignore[django-manager-missing]
    """A digital product's prose. Its plans, versions and files are rows, never part of a draft."""

    class Type(models.TextChoices):
        API = "api", _("API")
        PACKAGE = "package", _("package")
        SAAS = "saas", _("online service")
        APP = "app", _("app")
        MEDIA = "media", _("media")

    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.APP)
    docs_url = models.URLField(_("documentation"), blank=True)
    support_email = models.EmailField(_("support e-mail"), blank=True)

    template = "pages/products/product.html"
    served_with = ("seller", "category", "poster")
    parent_page_types: ClassVar[list[str]] = ["products.ProductIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    search_fields = [
        *Page.search_fields,
        *SellableMixin.sellable_search_fields,
        index.FilterField("type"),
    ]

    class Meta:
        verbose_name = _("product")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from marketplace.products import presentation  # it reads these models, so they come first

        context = super().get_context(request, *args, **kwargs)
        return {**context, **presentation.product_context(self, request)}

    @property
    def plans(self) -> QuerySet[LicensePlan]:
        """Its license plans in every language, whichever translation they were entered on."""
        return LicensePlan.objects.filter(product__translation_key=self.translation_key)

    @property
    def versions(self) -> QuerySet[ProductVersion]:
        """Its versions, newest first, whichever translation they were entered on."""
        return ProductVersion.objects.filter(product__translation_key=self.translation_key)


class ProductScreenshot(Orderable):
    """A picture of the product at work."""

    page = ParentalKey(ProductPage, on_delete=models.CASCADE, related_name="screenshots")
    image = models.ForeignKey("wagtailimages.Image", on_delete=models.CASCADE, related_name="+")
    caption = models.CharField(_("caption"), max_length=160, blank=True)
    alt = models.CharField(_("what it shows"), max_length=160, blank=True)

    panels = [FieldPanel("image"), FieldPanel("alt"), FieldPanel("caption")]

    def __str__(self) -> str:
        return self.caption or self.alt or str(self.pk)
