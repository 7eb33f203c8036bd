"""A date as a seller plans it, between a form and a service."""

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from marketplace.catalog.errors import DateInvalid


@dataclass(frozen=True)
class DatePlan:
    """When, and for how many. Moments are aware; `capacity` is the whole venue's, None when only ticket types count."""

    start: dt.datetime
    end: dt.datetime
    doors: dt.datetime | None = None
    note: str = ""
    capacity: int | None = None

    def check(self) -> None:
        """Raise `DateInvalid` with `errors` per field."""
        errors: dict[str, list[str]] = {}
        if self.end <= self.start:
            errors["end"] = [_("It must end after it starts.")]
        if self.doors and self.doors > self.start:
            errors["doors"] = [_("Doors open before it starts, or then.")]
        if self.end - self.start > dt.timedelta(days=60):
            errors["end"] = [_("That is more than two months. Enter several dates instead.")]
        if errors:
            raise DateInvalid(errors=errors)

    def shifted(self, by: dt.timedelta) -> "DatePlan":
        """The same on another day."""
        return replace(self, start=self.start + by, end=self.end + by, doors=self.doors + by if self.doors else None)
