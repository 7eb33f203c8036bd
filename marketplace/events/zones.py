"""IANA time zones, by which an event's own clock runs."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def check_zone(name: str) -> None:
    """Raise `ValidationError` unless `name` is a zone of the IANA database, e.g. Africa/Nairobi."""
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


def zone_choices() -> list[tuple[str, str]]:
    """Every zone a person would name: Area/City, and UTC."""
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return [
        ("UTC", "UTC"),
        *((zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if zone.startswith(areas)),
    ]


def zone(name: str) -> ZoneInfo:
    """The zone of that name; the site's own when a preview carries nonsense."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Africa/Nairobi")
