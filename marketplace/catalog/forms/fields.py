"""Form fields of the panels' dialogs: the browser's own controls, which need no scripts and work with a keyboard."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from marketplace.core.errors import BadInput
from marketplace.core.money import Money, parse_money

TYPED = "%Y-%m-%dT%H:%M"
"""What `<input type="datetime-local">` sends: no zone, because a person reads a clock on a wall."""


class LocalDateTimeField(forms.DateTimeField):
    """A moment on a certain clock: set `zone` before the form is shown or read."""

    zone: dt.tzinfo | None = None
    widget = forms.DateTimeInput

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TYPED)
        super().__init__(**{"widget": widget, "input_formats": [TYPED, "%Y-%m-%dT%H:%M:%S"], **kwargs})

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.zone):
            return super().prepare_value(value)

    def to_python(self, value: Any) -> dt.datetime | None:
        """Aware; a time that a clock change skips or repeats is refused with Django's own words."""
        with timezone.override(self.zone):
            found: dt.datetime | None = super().to_python(value)
            return found


class AmountField(forms.CharField):
    """An amount in major units of a currency that another field names. Read with `read()` once that is known."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 12})
        super().__init__(**{"widget": widget, "max_length": 24, **kwargs})

    @staticmethod
    def read(typed: str, currency: str) -> int:
        """Minor units. Raises `ValidationError`."""
        try:
            return parse_money(typed, currency).minor
        except BadInput as problem:
            raise ValidationError(str(problem)) from problem

    @staticmethod
    def written(minor: int | None, currency: str) -> str:
        """As a person would type it: 1500, 12.50."""
        if minor is None:
            return ""
        amount = Money(minor, currency).decimal()
        return f"{amount:f}" if amount % 1 else f"{amount.quantize(Decimal(1)):f}"
