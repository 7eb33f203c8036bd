import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from marketplace.commerce.models import Offer
from marketplace.commerce.services import resume_sales, save_offer, stop_sales
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.services.offer_fields import can_sell, image_url, offer_fields, sales_end


def sync_offers(
    *, event: EventPage, actor_id: int | None = None, moved: Mapping[int, dt.datetime] | None = None
) -> int:
    """Make what carts know of an event's tickets agree with its page and dates. Returns how many offers changed.

    Idempotent: run after anything that might matter. `moved` gives the start a date had before, by its id: windows
    that ended with it end with the new start. An event that is not live, not taking place, or a date that is closed,
    sells nothing; what the seller stopped by hand stays stopped.
    """
    event = EventPage.objects.select_related("venue", "poster", "seller", "category").get(pk=event.pk)
    image_url(event)  # made and stored, perhaps far away, before any row is locked
    with transaction.atomic():
        dates = {row.pk: row for row in event.occurrence_rows.all()}
        for row in dates.values():
            row.event = event
        tickets = TicketType.objects.filter(occurrence__in=dates).select_related("offer").order_by("pk")
        offers = {ticket.offer_id: ticket for ticket in tickets}
        old = moved or {}
        changed = sum(
            _sync(ticket.offer, dates[ticket.occurrence_id], actor_id, old.get(ticket.occurrence_id))
            for ticket in offers.values()
        )
        on = {pk for pk, ticket in offers.items() if can_sell(dates[ticket.occurrence_id]) and not ticket.stopped}
        changed += resume_sales(offer_ids=on, actor_id=actor_id)
        return changed + stop_sales(offer_ids=offers.keys() - on, actor_id=actor_id)


def _sync(offer: Offer, date: Occurrence, actor_id: int | None, moved: dt.datetime | None) -> bool:
    wanted = offer_fields(date)
    followed = offer.sales_end is None or offer.sales_end == moved
    wanted["sales_end"] = sales_end(None if followed else offer.sales_end, date)
    if offer.sales_start and offer.sales_start >= wanted["sales_end"]:
        wanted["sales_start"] = None  # the date was brought forward past the start of its sales
    if all(getattr(offer, name) == value for name, value in wanted.items()):
        return False
    save_offer(offer=offer, actor_id=actor_id, **wanted)
    return True
