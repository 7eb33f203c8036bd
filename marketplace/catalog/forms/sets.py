"""Forms of rows: grouped fields, and refusals of services shown where they belong."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.catalog.forms.fields import LocalDateTimeField
from marketplace.core.errors import Refusal

Text = str | Promise


@dataclass(frozen=True)
class FieldSet:
    """A legend with the names of its fields."""

    legend: Text
    names: tuple[str, ...]


@dataclass(frozen=True)
class ShownField:
    """A field, and the condition under which it means something: `pricing=fixed,pwyw`; empty: always."""

    field: BoundField
    show_when: str


class RowForm(forms.Form):
    """Subclasses name `sets`, `aliases` and `show_when`, a hint to the script; the server ignores what is idle."""

    sets: ClassVar[tuple[FieldSet, ...]] = ()
    show_when: ClassVar[dict[str, str]] = {}
    aliases: ClassVar[dict[str, str]] = {}
    """Where a service's own field names stand in this form."""
    required_css_class = "required"

    def fieldsets(self) -> Iterator[tuple[Text, list[ShownField]]]:
        """For the template; fields that this instance does without are passed over."""
        for each in self.sets:
            shown = [ShownField(self[name], self.show_when.get(name, "")) for name in each.names if name in self.fields]
            if shown:
                yield each.legend, shown

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a service's refusal beside the fields it names, or above them all."""
        errors: dict[str, list[str]] = refusal.details.get("errors") or {}
        for name, messages in errors.items():
            target = self.aliases.get(name, name)
            for message in messages:
                self.add_error(target if target in self.fields else None, message)
        if not errors:
            self.add_error(self._field_of(refusal), str(refusal))

    def _field_of(self, refusal: Refusal) -> str | None:
        field = self.aliases.get(refusal.code)
        return field if field in self.fields else None

    def read_on(self, zone: dt.tzinfo) -> None:
        """Read and show every moment on that clock, and say so."""
        for field in self.fields.values():
            if isinstance(field, LocalDateTimeField):
                field.zone = zone
                field.help_text = field.help_text or _("On the clock of %(zone)s.") % {"zone": str(zone)}
