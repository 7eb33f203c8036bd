from django.db import transaction

from marketplace.audit.services import record
from marketplace.catalog.services import put_offer
from marketplace.catalog.terms import Stock, Terms
from marketplace.events.models import TicketType
from marketplace.events.services.add_ticket_type import pool_name, within

WORDS = ("name", "description", "sort_order")


def change_ticket_type(
    *,
    ticket_type_id: int,
    name: str,
    terms: Terms,
    stock: Stock | None,
    description: str = "",
    sort_order: int = 100,
    actor_id: int | None,
) -> TicketType:
    """Change what a ticket says, costs or draws on; at once, for everybody. `stock=None` leaves the stock.

    Raises `OfferInvalid` and `CapacityBelowSold`; then nothing has changed.
    """
    with transaction.atomic():
        row = TicketType.objects.select_for_update(no_key=True, of=("self",)).get(pk=ticket_type_id)
        occurrence, original = row.occurrence, row.locale_id == row.occurrence.event.locale_id
        before = {field: getattr(row, field) for field in WORDS}
        row.name, row.description, row.sort_order = name, description, sort_order
        row.save(update_fields=WORDS)
        put_offer(
            offer=row.offer,
            seller=row.offer.seller,
            terms=within(terms, occurrence),
            stock=stock,
            pool_name=pool_name(occurrence, name),
            whole_id=occurrence.capacity_pool_id,
            actor_id=actor_id,
            # A translation's name is for its readers; carts and receipts keep the name it was entered under.
            name=name if original else row.offer.name,
        )
        after = {field: getattr(row, field) for field in WORDS}
        if after != before:
            data = {"before": before, "after": after}
            record(action="ticket_type.changed", target=row, actor_id=actor_id, data=data)
    return row
