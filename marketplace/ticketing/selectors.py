"""Reading tickets, each with everything its page, PDF and calendar entry show: one query however many."""

from collections.abc import Iterable

from django.db.models import QuerySet

from marketplace.core.errors import NotYours
from marketplace.ticketing.models import SigningKey, Ticket

WHOLE = (
    "order_line__order",
    "order_line__offer",
    "ticket_type",
    "occurrence__event__venue",
    "occurrence__event__poster",
    "signing_key",
)


def whole_tickets() -> QuerySet[Ticket]:
    return Ticket.objects.select_related(*WHOLE)


def ticket_by_token(token: str) -> Ticket:
    """The ticket its link opens. Raises `NotYours` for a link that opens nothing, in the same words as ever."""
    ticket = whole_tickets().filter(token=token).first()
    if ticket is None:
        raise NotYours
    return ticket


def tickets_of_lines(line_ids: Iterable[int]) -> list[Ticket]:
    """All tickets of some order lines, in order."""
    return list(whole_tickets().filter(order_line_id__in=list(line_ids)).order_by("order_line_id", "position"))


def signing_keys() -> QuerySet[SigningKey]:
    """Every key whose signature may stand on a ticket that is out, newest first."""
    return SigningKey.objects.order_by("-created_at", "-pk")
