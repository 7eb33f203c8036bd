import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.commerce.models import StockPool
from marketplace.core import clock
from marketplace.core.states import StateMachine, status_check
from marketplace.events.zones import zone


class OccurrenceStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("scheduled")
    POSTPONED = "postponed", _("postponed")
    """It will happen, nobody knows when yet: nothing is sold until it has a new date."""
    MOVED = "moved", _("moved")
    """It has a new date, which differs from what early buyers were promised. Sold like a scheduled one."""
    CANCELLED = "cancelled", _("cancelled")
    """For good: buyers may already have been told."""


class Occurrence(StateMachine):
    """One date of an event. Prices and stock hang on it, never on the page."""

    Status = OccurrenceStatus

    MOVES = {
        Status.SCHEDULED: {Status.POSTPONED, Status.MOVED, Status.CANCELLED},
        Status.POSTPONED: {Status.SCHEDULED, Status.MOVED, Status.CANCELLED},
        Status.MOVED: {Status.POSTPONED, Status.CANCELLED},
        Status.CANCELLED: set(),
    }
    OPEN = frozenset({Status.SCHEDULED, Status.MOVED})
    """States in which tickets can be sold."""

    status = models.CharField(max_length=20, choices=Status.choices, default=Status.SCHEDULED, editable=False)
    event = models.ForeignKey("events.EventPage", on_delete=models.PROTECT, related_name="occurrence_rows")
    """The page it was entered on. Translations of that page show it too: ask `EventPage.occurrences`."""
    start = models.DateTimeField(_("starts"), db_index=True)
    end = models.DateTimeField(_("ends"))
    doors = models.DateTimeField(_("doors open"), null=True, blank=True)
    capacity_pool = models.ForeignKey(
        StockPool, verbose_name=_("whole venue"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """How many people fit in all, whatever their ticket; ticket types may draw on it too."""
    note = models.CharField(_("note"), max_length=160, blank=True)
    """Shown beside the date, e.g. "matinee"."""

    class Meta:
        ordering = ["start", "pk"]
        verbose_name = _("date")
        verbose_name_plural = _("dates")
        constraints = [
            status_check("occurrence_status", OccurrenceStatus),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="occurrence_ends_after_start"),
            models.CheckConstraint(
                condition=Q(doors__isnull=True) | Q(doors__lte=F("start")), name="occurrence_doors_before_start"
            ),
        ]
        indexes = [models.Index(fields=["event", "start"], name="occurrence_of_event")]

    def __str__(self) -> str:
        return f"{self.event.title}, {self.local(self.start):%d %b %Y %H:%M}"

    @property
    def zone(self) -> dt.tzinfo:
        return zone(self.event.timezone)

    def local(self, moment: dt.datetime) -> dt.datetime:
        """A moment on the event's own clock."""
        return moment.astimezone(self.zone)

    def started(self, now: dt.datetime | None = None) -> bool:
        return self.start <= (now or clock.now())
