"""Dates as people say them, on the event's own clock and in the language of the page."""

import datetime as dt

from babel.dates import get_timezone_name
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.events.models import Occurrence
from marketplace.events.zones import zone

Words = dict[str, str]


def local(date: Occurrence, moment: dt.datetime) -> dt.datetime:
    """A moment on the clock of the date's event."""
    return moment.astimezone(zone(date.event.timezone))


def iso(date: Occurrence, moment: dt.datetime) -> str:
    """For `<time datetime>` and machines."""
    return local(date, moment).isoformat(timespec="minutes")


def day(date: Occurrence, moment: dt.datetime, now: dt.datetime) -> str:
    """ "Today", "Tomorrow", "Friday 12 December", with the year when it is another one."""
    on, today = local(date, moment).date(), local(date, now).date()
    if on == today:
        return _("Today")
    if on == today + dt.timedelta(days=1):
        return _("Tomorrow")
    return date_format(on, "l j F" if on.year == today.year else "l j F Y")


def hours(date: Occurrence) -> str:
    """ "19:00 to 23:00"; the day too when it ends on another one (small hours belong to the night before)."""
    start, end = local(date, date.start), local(date, date.end)
    small_hours = end.date() - start.date() == dt.timedelta(days=1) and end.hour < 9
    last = date_format(end, "H:i" if end.date() == start.date() or small_hours else "l j F, H:i")
    return _("%(start)s to %(end)s") % {"start": date_format(start, "H:i"), "end": last}


def clock_name(date: Occurrence) -> str:
    """ "East Africa Time"."""
    language = (get_language() or "en").replace("-", "_")
    return str(get_timezone_name(local(date, date.start), locale=language))


def doors(date: Occurrence) -> str:
    """ "Doors 18:00", or nothing."""
    return _("Doors %(time)s") % {"time": date_format(local(date, date.doors), "H:i")} if date.doors else ""


def leaf(date: Occurrence) -> Words:
    """Weekday, day and month as a page of a calendar shows them."""
    start = local(date, date.start)
    return {
        "iso": iso(date, date.start),
        "weekday": date_format(start, "D"),
        "day": str(start.day),
        "month": date_format(start, "M"),
    }


def moment(date: Occurrence, at: dt.datetime, now: dt.datetime) -> str:
    """ "Friday 12 December, 09:00": when sales start, say."""
    return _("%(day)s, %(time)s") % {"day": day(date, at, now), "time": date_format(local(date, at), "H:i")}
