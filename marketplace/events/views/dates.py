"""Dialogs about dates."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.core import clock
from marketplace.events.desk import copied_from
from marketplace.events.forms import CopyDatesForm, DateForm, DuplicateDateForm
from marketplace.events.models import EventPage
from marketplace.events.services import (
    add_date,
    cancel_date,
    change_date,
    copy_dates,
    delete_date,
    duplicate_date,
    postpone_date,
)
from marketplace.events.services.settle_page import draft_zone
from marketplace.events.views.base import DateDialog, EventDialog
from marketplace.events.zones import zone

WEEK = dt.timedelta(days=7)


class AddDate(EventDialog):
    title = gettext_lazy("Add a date")
    submit = gettext_lazy("Add date")

    def form(self, *args: Any, **kwargs: Any) -> DateForm:
        return DateForm(*args, zone=draft_zone(self.page), initial=self._like_the_last(), **kwargs)

    def _like_the_last(self) -> dict[str, Any]:
        """A week after the last one, for those who enter a series."""
        last = self.page.occurrences.select_related("capacity_pool").order_by("-start").first()
        if last is None or last.start + WEEK < clock.now():
            return {}
        capacity = last.capacity_pool.capacity if last.capacity_pool else None
        doors = last.doors + WEEK if last.doors else None
        return {"start": last.start + WEEK, "end": last.end + WEEK, "doors": doors, "capacity": capacity}

    def perform(self, form: DateForm) -> str:
        add_date(event=self.page, plan=form.plan(), actor_id=self.actor_id)
        return _("Date added. Now it needs tickets.")


class EditDate(DateDialog):
    submit = gettext_lazy("Save date")

    def heading(self) -> str:
        return _("Edit %(when)s") % {"when": self.when()}

    def form(self, *args: Any, **kwargs: Any) -> DateForm:
        return DateForm(*args, zone=zone(self.page.timezone), occurrence=self.date, **kwargs)

    def perform(self, form: DateForm) -> str:
        change_date(occurrence_id=self.date.pk, plan=form.plan(), actor_id=self.actor_id)
        return _("Date saved.")


class DuplicateDate(DateDialog):
    submit = gettext_lazy("Duplicate")
    text = gettext_lazy("The new date gets the same kinds of tickets, with stock of its own.")

    def heading(self) -> str:
        return _("Duplicate %(when)s") % {"when": self.when()}

    def form(self, *args: Any, **kwargs: Any) -> DuplicateDateForm:
        initial = {"start": self.date.start + WEEK}
        return DuplicateDateForm(*args, zone=zone(self.page.timezone), initial=initial, **kwargs)

    def perform(self, form: DuplicateDateForm) -> str:
        duplicate_date(occurrence=self.date, start=form.cleaned_data["start"], actor_id=self.actor_id)
        return _("Date added with the same tickets.")


class PostponeDate(DateDialog):
    submit = gettext_lazy("Postpone")
    text = gettext_lazy(
        "Its tickets stop selling at once, until you give it a new date with “Edit date”. “Refund buyers” tells those "
        "who bought, and says whether they get their money back."
    )

    def heading(self) -> str:
        return _("Postpone %(when)s?") % {"when": self.when()}

    def explanation(self) -> str:
        return f"{self.at_stake()} {self.text}"

    def perform(self, form: Any) -> str:
        postpone_date(occurrence_id=self.date.pk, actor_id=self.actor_id)
        return _("Date postponed.")


class CancelDate(DateDialog):
    submit = gettext_lazy("Cancel this date")
    danger = True
    text = gettext_lazy(
        "For good: its tickets stop selling at once and it cannot take place again. Orders stay as they are, and the "
        "money waits, until somebody chooses “Refund buyers” at the date."
    )

    def heading(self) -> str:
        return _("Cancel %(when)s?") % {"when": self.when()}

    def explanation(self) -> str:
        return f"{self.at_stake()} {self.text}"

    def perform(self, form: Any) -> str:
        cancel_date(occurrence_id=self.date.pk, actor_id=self.actor_id)
        return _("Date cancelled.")


class DeleteDate(DateDialog):
    submit = gettext_lazy("Delete date")
    danger = True
    text = gettext_lazy("With its tickets. Only possible while nobody has ordered any.")

    def heading(self) -> str:
        return _("Delete %(when)s?") % {"when": self.when()}

    def perform(self, form: Any) -> str:
        delete_date(occurrence=self.date, actor_id=self.actor_id)
        return _("Date deleted.")


class CopyDates(EventDialog):
    submit = gettext_lazy("Copy")
    title = gettext_lazy("Copy dates and ticket types")
    text = gettext_lazy("The dates keep their distance from each other. Every ticket gets stock of its own.")
    source: EventPage

    def load(self, ids: Mapping[str, int]) -> EventPage:
        page = super().load(ids)
        source = copied_from(page)
        if source is None or source.seller_id != page.seller_id:
            raise Http404
        self.source = source
        return page

    def form(self, *args: Any, **kwargs: Any) -> CopyDatesForm:
        return CopyDatesForm(*args, zone=draft_zone(self.page), **kwargs)

    def perform(self, form: CopyDatesForm) -> str:
        first = form.cleaned_data["start"]
        made = copy_dates(source=self.source, target=self.page, first=first, actor_id=self.actor_id)
        return ngettext("%(count)d date copied.", "%(count)d dates copied.", len(made)) % {"count": len(made)}
