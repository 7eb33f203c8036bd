import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.forms import FieldSet, LocalDateTimeField, RowForm
from marketplace.catalog.forms.offer_form import MOST
from marketplace.events.models import Occurrence
from marketplace.events.plan import DatePlan


class DateForm(RowForm):
    """One date of an event, on the event's clock."""

    start = LocalDateTimeField(label=_("Starts"))
    end = LocalDateTimeField(label=_("Ends"))
    doors = LocalDateTimeField(label=_("Doors open"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=160, required=False, help_text=_("Shown beside the date, e.g. “Matinee”.")
    )
    capacity = forms.IntegerField(
        label=_("Whole venue"),
        min_value=0,
        max_value=MOST,
        required=False,
        help_text=_("How many people fit in all, whatever their ticket. Empty: only the ticket types count."),
    )

    sets = (
        FieldSet(_("When"), ("start", "end", "doors", "note")),
        FieldSet(_("For how many"), ("capacity",)),
    )
    aliases = {"capacity_below_sold": "capacity"}

    def __init__(self, *args: Any, zone: dt.tzinfo, occurrence: Occurrence | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {**_written(occurrence), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.read_on(zone)

    def plan(self) -> DatePlan:
        """What was typed. Only of a valid form."""
        return DatePlan(**{name: self.cleaned_data[name] for name in DatePlan.__dataclass_fields__})


def _written(row: Occurrence | None) -> dict[str, Any]:
    if row is None:
        return {}
    values = {name: getattr(row, name) for name in ("start", "end", "doors", "note")}
    return {**values, "capacity": row.capacity_pool.capacity if row.capacity_pool else None}
