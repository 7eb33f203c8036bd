import datetime as dt

from marketplace.events.models import EventPage
from marketplace.events.zones import zone


def settle_page(event: EventPage) -> EventPage:
    """Before a page gets its first date: make its row say what its latest draft says about seller and time zone.

    The row of a page that was never published still holds what its very first autosave held, while its editor sees
    the draft. Dates are read on the event's clock and offers belong to its seller, so these two must be right now;
    from the first date on the page's form keeps them.
    """
    if not _is_fresh(event):
        return event
    draft = event.get_latest_revision_as_object()
    event.seller_id, event.timezone = draft.seller_id, draft.timezone
    EventPage.objects.filter(pk=event.pk).update(seller=event.seller_id, timezone=event.timezone)
    return EventPage.objects.select_related("seller").get(pk=event.pk)


def draft_zone(event: EventPage) -> dt.tzinfo:
    """The clock on which the next date will be read."""
    return zone(event.get_latest_revision_as_object().timezone if _is_fresh(event) else event.timezone)


def _is_fresh(event: EventPage) -> bool:
    return not (event.live or event.first_published_at or event.occurrence_rows.exists())
