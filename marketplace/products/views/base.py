"""What the dialogs of products share: finding the row, and the page whose editors may change it."""

from collections.abc import Mapping

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.catalog.views.dialogs import Dialog
from marketplace.products.models import LicensePlan, ProductPage, ProductVersion, VersionFile
from marketplace.products.panels import PLANS_TAB, VERSIONS_TAB


class ProductDialog(Dialog):
    """About a product: `page_id`."""

    row_model = LicensePlan
    anchor = f"#tab-{PLANS_TAB}"
    page: ProductPage

    def load(self, ids: Mapping[str, int]) -> ProductPage:
        found: ProductPage = get_object_or_404(ProductPage.objects.select_related("seller"), pk=ids["page_id"])
        return found


class PlanDialog(ProductDialog):
    """About one plan: `pk`."""

    plan: LicensePlan

    def load(self, ids: Mapping[str, int]) -> ProductPage:
        self.plan = get_object_or_404(
            LicensePlan.objects.select_related("offer__seller", "product__seller"), pk=ids["pk"]
        )
        return self.plan.product

    def links(self) -> list[tuple[str, str | Promise]]:
        names = LicensePlan.snippet_viewset
        return [
            (reverse(names.get_url_name("history"), args=[self.plan.pk]), _("History")),
            (reverse(names.get_url_name("usage"), args=[self.plan.pk]), _("Usage")),
        ]


class VersionDialog(ProductDialog):
    """About one version: `pk`."""

    anchor = f"#tab-{VERSIONS_TAB}"
    version: ProductVersion

    def load(self, ids: Mapping[str, int]) -> ProductPage:
        self.version = get_object_or_404(ProductVersion.objects.select_related("product__seller"), pk=ids["pk"])
        return self.version.product


class FileDialog(ProductDialog):
    """About one file of a version: `pk`."""

    anchor = f"#tab-{VERSIONS_TAB}"
    file: VersionFile

    def load(self, ids: Mapping[str, int]) -> ProductPage:
        self.file = get_object_or_404(VersionFile.objects.select_related("version__product__seller"), pk=ids["pk"])
        return self.file.version.product
