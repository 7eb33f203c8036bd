"""The event's edit screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.models import Page

from marketplace.catalog.panels import RowsPanel, Tab, refund_panel
from marketplace.events.bulk_rights import MAY
from marketplace.events.desk import event_desk
from marketplace.events.forms import EventPageForm, VenueForm
from marketplace.events.models import EventIndexPage, EventPage, TicketType, Venue
from marketplace.events.zones import zone_choices

DATES_TAB = "dates"


class DatesPanel(RowsPanel):
    """Dates and tickets, with live figures."""

    fragment = "events/admin/dates.html"
    rows_url = "event_rows:rows"
    row_model = TicketType

    def rows(self, page: EventPage, user: Any) -> dict[str, Any]:
        return {**event_desk(page), "may_refund": user.has_perm(MAY)}


CONTENT = [
    *Page.content_panels,
    FieldRowPanel([FieldPanel("seller"), FieldPanel("category")]),
    FieldPanel("summary"),
    FieldPanel("poster"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("attendance"), FieldPanel("state")]),
            FieldPanel("venue"),
            FieldPanel("online_url"),
            FieldPanel("timezone", widget=forms.Select(choices=zone_choices())),
        ],
        heading=_("Where and how"),
    ),
    FieldPanel("body"),
    refund_panel(),
]


def dress() -> None:
    """Give the pages their edit screens, once models and panels both exist."""
    Venue.base_form_class = VenueForm
    EventPage.base_form_class = EventPageForm
    EventPage.edit_handler = TabbedInterface(
        [
            ObjectList(CONTENT, heading=_("Content")),
            Tab([DatesPanel(heading=_("Dates and tickets"))], heading=_("Dates and tickets"), slug=DATES_TAB),
            ObjectList(Page.promote_panels, heading=_("Promote")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ],
        base_form_class=EventPageForm,
    )
    EventIndexPage.content_panels = [*Page.content_panels, FieldPanel("intro")]
