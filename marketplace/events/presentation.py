"""What the event pages show."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from marketplace.events.models import EventIndexPage, EventPage


def event_index_context(page: "EventIndexPage", request: HttpRequest) -> dict[str, Any]:
    """The listing with its filters, for `pages/events/index.html`."""
    return {}


def event_context(page: "EventPage", request: HttpRequest) -> dict[str, Any]:
    """One event with its dates and tickets, for `pages/events/event.html`."""
    return {}
