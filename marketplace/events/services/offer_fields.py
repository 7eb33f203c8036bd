import datetime as dt
from typing import Any

from marketplace.catalog.images import CARD, picture
from marketplace.events.models import EventPage, Occurrence

WHILE_ON = frozenset({EventPage.State.SCHEDULED})


def offer_fields(occurrence: Occurrence) -> dict[str, Any]:
    """What an offer says about the event and the date it belongs to; kept in step by `sync_offers`."""
    event = occurrence.event
    return {
        "title": event.title[:200],
        "url": (event.get_url() or "")[:300],
        "service_date": occurrence.start,
        "service_zone": event.timezone,
        "place": _place(event)[:160],
        "image_url": image_url(event),
        **event.promises(),
    }


def can_sell(occurrence: Occurrence) -> bool:
    """Does the page and the calendar allow sales? From the start on the sales window forbids them."""
    event = occurrence.event
    return bool(event.live) and event.state in WHILE_ON and occurrence.status in Occurrence.OPEN


def sales_end(chosen: dt.datetime | None, occurrence: Occurrence) -> dt.datetime:
    """A date that has started sells nothing: no window outlives the start."""
    return min(chosen or occurrence.start, occurrence.start)


def image_url(page: Any) -> str:
    """The poster as carts show it; empty without one or when its file is gone."""
    found = picture(page.poster, CARD)
    return str(found["src"])[:300] if found else ""


def _place(event: EventPage) -> str:
    if event.attendance == EventPage.Attendance.ONLINE or event.venue is None:
        return str(event.get_attendance_display()) if event.attendance != EventPage.Attendance.IN_PERSON else ""
    return f"{event.venue.name}, {event.venue.city}"
