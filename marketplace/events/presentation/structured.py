"""An event in schema.org's words (https://schema.org/Event): one per coming date, so each can be found by its day."""

from typing import Any

from marketplace.catalog.structured_data import absolute, offer, plain
from marketplace.events.models import EventPage, Occurrence
from marketplace.events.presentation import words
from marketplace.events.presentation.tickets import Detail
from marketplace.events.selectors import DateDetail

MOST = 10
"""Dates described; the rest are on the page."""

Thing = dict[str, Any]
STATUS = {
    Occurrence.Status.SCHEDULED: "EventScheduled",
    Occurrence.Status.MOVED: "EventRescheduled",
    Occurrence.Status.POSTPONED: "EventPostponed",
    Occurrence.Status.CANCELLED: "EventCancelled",
}
ATTENDANCE = {
    EventPage.Attendance.IN_PERSON: "OfflineEventAttendanceMode",
    EventPage.Attendance.ONLINE: "OnlineEventAttendanceMode",
    EventPage.Attendance.HYBRID: "MixedEventAttendanceMode",
}


def events(page: EventPage, detail: Detail, *, url: str, seller_url: str) -> list[Thing]:
    """Events with dates only: schema.org knows none without."""
    shared = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": page.title,
        "description": plain(page.summary or page.search_description or page.title),
        "eventAttendanceMode": _schema(ATTENDANCE[EventPage.Attendance(page.attendance)]),
        "location": _location(page, url),
        "organizer": {
            "@type": "Organization",
            "name": page.seller.name,
            **({"url": absolute(seller_url)} if seller_url else {}),
        },
        **({"image": [absolute(detail.sharing["src"])]} if detail.sharing else {}),
    }
    return [{**shared, **_date(page, date, url)} for date in detail.dates[:MOST]]


def _date(page: EventPage, date: DateDetail, url: str) -> Thing:
    row = date.occurrence
    link = f"{url}?date={row.pk}"
    told: Thing = {
        "startDate": words.iso(row, row.start),
        "endDate": words.iso(row, row.end),
        "eventStatus": _schema(_status(page, row)),
        "url": absolute(link),
        "offers": [
            offer(
                name=ticket.ticket.name,
                price=ticket.state.price,
                url=link,
                state=ticket.state.state if page.takes_place else "ended",
                seller=page.seller.name,
                valid_from=words.iso(row, ticket.offer.sales_start) if ticket.offer.sales_start else "",
            )
            for ticket in date.tickets
            if not ticket.offer.hidden
        ],
    }
    return {**told, "doorTime": words.iso(row, row.doors)} if row.doors else told


def _status(page: EventPage, row: Occurrence) -> str:
    if page.state == EventPage.State.CANCELLED:
        return "EventCancelled"
    if page.state == EventPage.State.POSTPONED:
        return "EventPostponed"
    return STATUS[Occurrence.Status(row.status)]


def _location(page: EventPage, url: str) -> Any:
    online = {"@type": "VirtualLocation", "url": absolute(url)}
    if page.attendance == EventPage.Attendance.ONLINE or page.venue is None:
        return online
    venue = page.venue
    place: Thing = {
        "@type": "Place",
        "name": venue.name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": venue.address,
            "addressLocality": venue.city,
            "addressCountry": venue.country,
        },
    }
    if venue.latitude is not None and venue.longitude is not None:
        where = {"@type": "GeoCoordinates", "latitude": float(venue.latitude), "longitude": float(venue.longitude)}
        place["geo"] = where
    return [place, online] if page.attendance == EventPage.Attendance.HYBRID else place


def _schema(name: str) -> str:
    return f"https://schema.org/{name}"
