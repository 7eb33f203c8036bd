"""Dates and places as a ticket says them, on the event's own clock."""

import datetime as dt

from babel.core import Locale, UnknownLocaleError
from babel.dates import get_timezone_name
from django.utils.formats import date_format
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from marketplace.events.models import EventPage, Occurrence


def when(date: Occurrence) -> str:
    """`Friday 12 December 2026, 19:00`."""
    start = date.local(date.start)
    return f"{date_format(start, 'l j F Y')}, {start:%H:%M}"


def when_iso(date: Occurrence) -> str:
    """With the zone's offset, for machines."""
    return date.local(date.start).isoformat(timespec="minutes")


def when_note(date: Occurrence) -> str:
    """Doors, end and zone: `Doors at 17:00, ends 23:00, East Africa Time`."""
    start, end = date.local(date.start), date.local(date.end)
    parts = [_("Doors at %(time)s") % {"time": f"{date.local(date.doors):%H:%M}"}] if date.doors else []
    ends = f"{end:%H:%M}" if _same_night(start, end) else f"{date_format(end, 'j F')}, {end:%H:%M}"
    parts += [_("ends %(time)s") % {"time": ends}, zone_name(start), date.note]
    text = ", ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def _same_night(start: dt.datetime, end: dt.datetime) -> bool:
    """People call 02:00 the same night."""
    return end - start < dt.timedelta(hours=12)


def zone_name(moment: dt.datetime) -> str:
    """`East Africa Time`, in the active language; the zone's own name where the language has none."""
    try:
        locale = Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return str(get_timezone_name(moment, locale=locale))


def where(event: EventPage) -> str:
    if event.attendance == EventPage.Attendance.ONLINE or event.venue is None:
        return _("Online")
    return str(event.venue.name)


def where_note(event: EventPage) -> str:
    """Street and city, and that one may join online as well."""
    if event.attendance == EventPage.Attendance.ONLINE or event.venue is None:
        return ""
    parts = [event.venue.address, event.venue.city]
    if event.attendance == EventPage.Attendance.HYBRID:
        parts.append(_("or online"))
    return ", ".join(part for part in parts if part)


def map_url(event: EventPage) -> str:
    """A map that opens in a browser or the phone's own maps, when the venue's position is known."""
    venue = event.venue
    if event.attendance == EventPage.Attendance.ONLINE or venue is None or venue.latitude is None:
        return ""
    at = f"{venue.latitude:.5f}/{venue.longitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={venue.latitude:.5f}&mlon={venue.longitude:.5f}#map=17/{at}"
