"""Events, venues and ticket types in the admin's menu and lists."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from marketplace.catalog.columns import offer_columns
from marketplace.catalog.listings import GoodsIndexView
from marketplace.catalog.snippets import AddView, OfferRowFilters, OfferRowViewSet, ToDialogView
from marketplace.events.models import EventPage, TicketType, Venue
from marketplace.sellers.viewsets import ConfinedChooserViewSet, ConfinedViewSet


class EventListing(PageListingViewSet):
    """All events, whichever shelf they stand on."""

    model = EventPage
    icon = "date"
    menu_label = _("Events")
    menu_order = 110
    add_to_admin_menu = True
    index_view_class = GoodsIndexView
    url_prefix = "shop/events"
    list_filter = ["state", "attendance", "live"]
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("seller", label=_("Sold by")),
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]


class VenueViewSet(ConfinedViewSet, SnippetViewSet):
    """Venues of the marketplace and of sellers."""

    model = Venue
    icon = "site"
    menu_label = _("Venues")
    menu_order = 130
    add_to_admin_menu = True
    chooser_viewset_class = ConfinedChooserViewSet
    list_display = ["name", "city", "country", "seller"]
    list_filter = ["country", "city"]
    inspect_view_enabled = True
    list_per_page = 50


class AddTicketView(AddView):
    owner_model = EventPage
    dialog = "event_rows:add_ticket"


class EditTicketView(ToDialogView):
    dialog = "event_rows:edit_ticket"


class TicketFilters(OfferRowFilters):
    class Meta:
        model = TicketType
        fields = ["offer__seller", "offer__pricing", "offer__active", "occurrence__status"]


class TicketTypeViewSet(OfferRowViewSet):
    """Every ticket type of every event."""

    model = TicketType
    icon = "tag"
    menu_label = _("Ticket types")
    add_view_class = AddTicketView
    edit_view_class = EditTicketView
    list_display = ["name", Column("when", label=_("Date"), accessor=lambda row: when(row)), *offer_columns()]
    filterset_class = TicketFilters
    inspect_view_fields = ["name", "description", "occurrence", "offer", "sort_order", "stopped"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TicketType]:
        return TicketType.objects.select_related("offer__seller", "occurrence__event")


def when(row: TicketType) -> str:
    """The start on the event's own clock."""
    return date_format(row.occurrence.local(row.occurrence.start), "D j M Y, H:i")
