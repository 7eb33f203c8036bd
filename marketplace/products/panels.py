"""The product's edit screen."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList, TabbedInterface
from wagtail.models import Page

from marketplace.catalog.panels import RowsPanel, Tab, refund_panel
from marketplace.products.desk import plan_desk, version_desk
from marketplace.products.forms import ProductPageForm
from marketplace.products.models import LicensePlan, ProductIndexPage, ProductPage

PLANS_TAB, VERSIONS_TAB = "plans", "versions"


class PlansPanel(RowsPanel):
    """License plans, with live figures."""

    fragment = "products/admin/plans.html"
    rows_url = "product_rows:plans"
    row_model = LicensePlan

    def rows(self, page: ProductPage, user: Any) -> dict[str, Any]:
        return plan_desk(page)


class VersionsPanel(RowsPanel):
    """Versions and their files."""

    fragment = "products/admin/versions.html"
    rows_url = "product_rows:versions"
    row_model = LicensePlan

    def rows(self, page: ProductPage, user: Any) -> dict[str, Any]:
        return version_desk(page)


CONTENT = [
    *Page.content_panels,
    FieldRowPanel([FieldPanel("seller"), FieldPanel("category")]),
    FieldPanel("type"),
    FieldPanel("summary"),
    FieldPanel("poster"),
    FieldPanel("body"),
    InlinePanel("screenshots", heading=_("Screenshots"), label=_("screenshot"), max_num=12),
    FieldRowPanel([FieldPanel("docs_url"), FieldPanel("support_email")]),
    refund_panel(),
]


def dress() -> None:
    """Give the pages their edit screens, once models and panels both exist."""
    plans, versions = _("Plans"), _("Versions and files")
    ProductPage.base_form_class = ProductPageForm
    ProductPage.edit_handler = TabbedInterface(
        [
            ObjectList(CONTENT, heading=_("Content")),
            Tab([PlansPanel(heading=plans)], heading=plans, slug=PLANS_TAB),
            Tab([VersionsPanel(heading=versions)], heading=versions, slug=VERSIONS_TAB),
            ObjectList(Page.promote_panels, heading=_("Promote")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ],
        base_form_class=ProductPageForm,
    )
    ProductIndexPage.content_panels = [*Page.content_panels, FieldPanel("intro")]
