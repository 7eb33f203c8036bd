"""Products and license plans in the admin's menu and lists."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet

from marketplace.catalog.columns import offer_columns
from marketplace.catalog.listings import GoodsIndexView
from marketplace.catalog.snippets import AddView, OfferRowFilters, OfferRowViewSet, ToDialogView
from marketplace.products.desk import granted
from marketplace.products.models import LicensePlan, ProductPage


class ProductListing(PageListingViewSet):
    """All products, whichever shelf they stand on."""

    model = ProductPage
    icon = "download"
    menu_label = _("Products")
    menu_order = 120
    add_to_admin_menu = True
    index_view_class = GoodsIndexView
    url_prefix = "shop/products"
    list_filter = ["type", "live"]
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("seller", label=_("Sold by")),
        Column("type", label=_("Type"), accessor="get_type_display", sort_key="type"),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]


class AddPlanView(AddView):
    owner_model = ProductPage
    dialog = "product_rows:add_plan"


class EditPlanView(ToDialogView):
    dialog = "product_rows:edit_plan"


class PlanFilters(OfferRowFilters):
    class Meta:
        model = LicensePlan
        fields = ["offer__seller", "offer__pricing", "offer__active", "term"]


class LicensePlanViewSet(OfferRowViewSet):
    """Every plan of every product."""

    model = LicensePlan
    icon = "key"
    menu_label = _("License plans")
    add_view_class = AddPlanView
    edit_view_class = EditPlanView
    filterset_class = PlanFilters
    list_display = ["name", Column("grants", label=_("Grants"), accessor=granted), *offer_columns()]
    inspect_view_fields = [
        "name",
        "description",
        "product",
        "offer",
        "term",
        "term_days",
        "seats",
        "activation_limit",
        "usage_limit",
        "usage_unit",
        "stopped",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LicensePlan]:
        return LicensePlan.objects.select_related("offer__seller", "product")
