from django.db import transaction

from marketplace.commerce.models import Offer
from marketplace.events.models import TicketType
from marketplace.events.services.sync_offers import sync_offers


def stop_ticket_sales(*, ticket_type: TicketType, actor_id: int | None) -> None:
    """Take a ticket off sale by hand, in every language, until it is resumed by hand."""
    _switch(ticket_type, stopped=True, actor_id=actor_id)


def resume_ticket_sales(*, ticket_type: TicketType, actor_id: int | None) -> None:
    """Put it back on sale, as far as its page, its date and its window allow."""
    _switch(ticket_type, stopped=False, actor_id=actor_id)


def _switch(ticket_type: TicketType, *, stopped: bool, actor_id: int | None) -> None:
    with transaction.atomic():
        Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=ticket_type.offer_id)
        TicketType.objects.filter(offer=ticket_type.offer_id).update(stopped=stopped)
        sync_offers(event=ticket_type.occurrence.event, actor_id=actor_id)
