"""An event called off or put off as a whole, on its page: so is each of its dates that is still to come."""

from django.db import transaction
from django.db.models import QuerySet

from marketplace.commerce.services import drop_draft, held_offers
from marketplace.core import clock
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.services.called_off import follow_date, hold_for, is_off, subject_of


def follow_state(*, event: EventPage) -> None:
    """Sellers' money waits while the event does not take place, and is let go when it does after all.

    Idempotent: run whenever the page was published. What has taken place is over, whatever the page says later, and a
    date with a state of its own keeps it.
    """
    coming = event.occurrence_rows.filter(end__gt=clock.now(), status__in=Occurrence.OPEN)
    if event.takes_place:
        coming = _held(coming)
    with transaction.atomic():
        for pk in coming.order_by("pk").values_list("pk", flat=True):
            date = Occurrence.locked(pk)
            if is_off(date):
                hold_for(date)
            else:
                _take_place(date)


def _held(dates: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    """Usually none, found in two questions however many dates there are."""
    tickets = TicketType.objects.filter(occurrence__in=dates)
    held = held_offers(offer_ids=tickets.values_list("offer_id", flat=True))
    return dates.filter(pk__in=tickets.filter(offer__in=held).values("occurrence"))


def _take_place(date: Occurrence) -> None:
    follow_date(date)
    if date.status == Occurrence.Status.SCHEDULED:
        drop_draft(subject=subject_of(date))  # nobody waits for an answer: it is as they were promised
