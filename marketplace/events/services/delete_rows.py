from django.db import transaction

from marketplace.audit.services import record
from marketplace.catalog.errors import HasSales
from marketplace.catalog.services import discard_offer, was_ordered
from marketplace.catalog.services.discard_offer import discard_pool
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.services.sync_offers import sync_offers


def delete_ticket_type(*, ticket_type: TicketType, actor_id: int | None) -> None:
    """Remove a ticket nobody ordered, in every language, with its offer and its pool. Raises `HasSales`."""
    with transaction.atomic():
        offer, occurrence = ticket_type.offer, ticket_type.occurrence
        if was_ordered([offer.pk]):
            raise HasSales
        for row in TicketType.objects.filter(offer=offer):
            record(action="ticket_type.deleted", target=row, actor_id=actor_id, data={"name": row.name})
            row.delete()
        discard_offer(offer=offer, whole_id=occurrence.capacity_pool_id, actor_id=actor_id)


def delete_date(*, occurrence: Occurrence, actor_id: int | None) -> None:
    """Remove a date nobody ordered for, with its tickets. Raises `HasSales`: such a date is cancelled instead."""
    with transaction.atomic():
        row = Occurrence.locked(occurrence.pk)
        tickets = {ticket.offer_id: ticket for ticket in row.ticket_types.select_related("offer", "occurrence")}
        if was_ordered(tickets):
            raise HasSales
        for ticket in tickets.values():
            delete_ticket_type(ticket_type=ticket, actor_id=actor_id)
        record(action="date.deleted", target=row, actor_id=actor_id, data={"start": row.start.isoformat()})
        pool = row.capacity_pool
        row.delete()
        if pool:
            discard_pool(pool)


def release_rows(*, event: EventPage, actor_id: int | None) -> None:
    """Before a page is deleted: hand its dates to a translation that stays, or delete them if nobody ordered.

    Raises `HasSales`. The foreign key protects the page in any case; this is what makes deleting a draft easy.
    """
    with transaction.atomic():
        heir = event.get_translations().order_by("-live", "pk").first()
        if heir is not None:
            Occurrence.objects.filter(event=event).update(event=heir)
            sync_offers(event=heir, actor_id=actor_id)
            return
        for row in event.occurrence_rows.all():
            delete_date(occurrence=row, actor_id=actor_id)


def has_sales(event: EventPage) -> bool:
    """Does a date entered on this page appear in an order or a cart?"""
    return was_ordered(TicketType.objects.filter(occurrence__event=event).values_list("offer", flat=True))
