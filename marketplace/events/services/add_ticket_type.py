from django.db import transaction

from marketplace.audit.services import record
from marketplace.catalog.services import put_offer
from marketplace.catalog.terms import Stock, Terms
from marketplace.events.models import Occurrence, TicketType
from marketplace.events.services.offer_fields import can_sell, offer_fields, sales_end

KIND = "ticket"


def add_ticket_type(
    *,
    occurrence: Occurrence,
    name: str,
    terms: Terms,
    stock: Stock,
    description: str = "",
    sort_order: int = 100,
    actor_id: int | None,
) -> TicketType:
    """Sell a kind of ticket to a date: a row, its offer and its pool. Raises `OfferInvalid`."""
    event = occurrence.event
    fields = offer_fields(occurrence) | {"name": name, "kind": KIND, "active": can_sell(occurrence)}
    with transaction.atomic():
        offer = put_offer(
            offer=None,
            seller=event.seller,
            terms=within(terms, occurrence),
            stock=stock,
            pool_name=pool_name(occurrence, name),
            actor_id=actor_id,
            **fields,
        )
        row = TicketType.objects.create(
            occurrence=occurrence,
            offer=offer,
            name=name,
            description=description,
            sort_order=sort_order,
            locale_id=event.locale_id,
        )
        record(action="ticket_type.created", target=row, actor_id=actor_id, data={"after": {"name": name}})
    return row


def within(terms: Terms, occurrence: Occurrence) -> Terms:
    """The same terms with a window that ends when the date starts at the latest."""
    return Terms(**{**terms.__dict__, "sales_end": sales_end(terms.sales_end, occurrence)})


def pool_name(occurrence: Occurrence, name: str) -> str:
    """What a pool is called in the desks."""
    return f"{occurrence.event.title}, {occurrence.local(occurrence.start):%d %b %Y %H:%M}: {name}"
