import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.catalog.forms import FieldSet, LocalDateTimeField, RowForm


class DuplicateDateForm(RowForm):
    """When a date takes place once more."""

    start = LocalDateTimeField(label=_("Starts"))
    sets = (FieldSet(_("The same again"), ("start",)),)

    def __init__(self, *args: Any, zone: dt.tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_on(zone)


class CopyDatesForm(DuplicateDateForm):
    """When the first of several copied dates takes place; the others keep their distance."""

    start = LocalDateTimeField(label=_("The first date starts"))
    sets = (FieldSet(_("When"), ("start",)),)
