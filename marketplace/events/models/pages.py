from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from marketplace.catalog.blocks import EventStoryBlock
from marketplace.catalog.models import SellableMixin, ShopPage
from marketplace.events.models.occurrence import Occurrence
from marketplace.events.models.venue import Venue
from marketplace.events.zones import check_zone


class EventIndexPage(ShopPage):
    """The listing of events, with its filters."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])

    seller_shelf = True
    template = "pages/events/index.html"
    subpage_types = ["events.EventPage"]

    class Meta:
        verbose_name = _("event index")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from marketplace.events import presentation  # it reads these models, so they come first

        context = super().get_context(request, *args, **kwargs)
        return {**context, **presentation.event_index_context(self, request)}


class EventPage(SellableMixin, ShopPage):  # type: ignore[django-manager-missing]
    """An event's prose. Its dates, prices and stock are rows: they change when saved, drafts or no drafts."""

    class Attendance(models.TextChoices):
        IN_PERSON = "in_person", _("in person")
        ONLINE = "online", _("online")
        HYBRID = "hybrid", _("in person and online")

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("takes place")
        POSTPONED = "postponed", _("postponed")
        """Nothing is sold until it is scheduled again."""
        CANCELLED = "cancelled", _("cancelled")

    body = StreamField(EventStoryBlock(), verbose_name=_("story"), blank=True)
    venue = models.ForeignKey(
        Venue, verbose_name=_("venue"), null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    attendance = models.CharField(
        _("attendance"), max_length=10, choices=Attendance.choices, default=Attendance.IN_PERSON
    )
    online_url = models.URLField(
        _("online link"), blank=True, max_length=500, help_text=_("Shown to ticket holders only.")
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Africa/Nairobi",
        validators=[check_zone],
        help_text=_("Of all its dates."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SCHEDULED)

    template = "pages/events/event.html"
    served_with = ("seller", "category", "venue", "poster")
    parent_page_types: ClassVar[list[str]] = ["events.EventIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    search_fields = [
        *Page.search_fields,
        *SellableMixin.sellable_search_fields,
        index.RelatedFields("venue", [index.SearchField("name"), index.SearchField("city"), index.FilterField("city")]),
        index.FilterField("state"),
        index.FilterField("attendance"),
    ]

    class Meta:
        verbose_name = _("event")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from marketplace.events import presentation  # it reads these models, so they come first

        context = super().get_context(request, *args, **kwargs)
        return {**context, **presentation.event_context(self, request)}

    @property
    def occurrences(self) -> QuerySet[Occurrence]:
        """Its dates, whichever translation they were entered on."""
        return Occurrence.objects.filter(event__translation_key=self.translation_key)

    @property
    def takes_place(self) -> bool:
        return self.state == self.State.SCHEDULED
