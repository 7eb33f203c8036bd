"""What the dialogs of events share: finding the row, and the page whose editors may change it."""

from collections.abc import Mapping

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.catalog.figures import offer_figures
from marketplace.catalog.views.dialogs import Dialog
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.panels import DATES_TAB
from marketplace.events.selectors.detail import tickets_of


class EventDialog(Dialog):
    """About an event: `page_id`."""

    row_model = TicketType
    anchor = f"#tab-{DATES_TAB}"
    page: EventPage

    def load(self, ids: Mapping[str, int]) -> EventPage:
        found: EventPage = get_object_or_404(EventPage.objects.select_related("seller"), pk=ids["page_id"])
        return found


class DateDialog(EventDialog):
    """About one date: `pk`."""

    date: Occurrence

    def load(self, ids: Mapping[str, int]) -> EventPage:
        rows = Occurrence.objects.select_related("event__seller", "capacity_pool")
        self.date = get_object_or_404(rows, pk=ids["pk"])
        return self.date.event

    def when(self) -> str:
        return date_format(self.date.local(self.date.start), "D j M Y, H:i")

    def at_stake(self) -> str:
        """How many tickets buyers have for it."""
        offers = [ticket.offer for ticket in tickets_of([self.date.pk], locale_id=self.page.locale_id)]
        sold = sum(figures.sold for figures in offer_figures(offers).values())
        if not sold:
            return _("No ticket is sold.")
        return ngettext("%(count)d ticket is sold.", "%(count)d tickets are sold.", sold) % {"count": sold}


class TicketDialog(EventDialog):
    """About one ticket type: `pk`."""

    ticket: TicketType

    def load(self, ids: Mapping[str, int]) -> EventPage:
        rows = TicketType.objects.select_related(
            "offer__seller", "occurrence__event__seller", "occurrence__capacity_pool"
        )
        self.ticket = get_object_or_404(rows, pk=ids["pk"])
        return self.ticket.occurrence.event

    def links(self) -> list[tuple[str, str | Promise]]:
        names = TicketType.snippet_viewset
        return [
            (reverse(names.get_url_name("history"), args=[self.ticket.pk]), _("History")),
            (reverse(names.get_url_name("usage"), args=[self.ticket.pk]), _("Usage")),
        ]
