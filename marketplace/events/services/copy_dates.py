import datetime as dt

from django.db import transaction

from marketplace.catalog.errors import NotPossibleNow
from marketplace.catalog.services.put_offer import own_pool
from marketplace.catalog.terms import Stock, Terms
from marketplace.commerce.models import StockPool
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.plan import DatePlan
from marketplace.events.services.add_date import add_date
from marketplace.events.services.add_ticket_type import add_ticket_type

MOST = 200
"""Dates copied at once; every one brings offers and pools."""


def duplicate_date(*, occurrence: Occurrence, start: dt.datetime, actor_id: int | None) -> Occurrence:
    """The same date again at another time, with the same kinds of tickets and fresh stock."""
    with transaction.atomic():
        return _again(occurrence, occurrence.event, start - occurrence.start, actor_id)


def copy_dates(*, source: EventPage, target: EventPage, first: dt.datetime, actor_id: int | None) -> list[Occurrence]:
    """Give `target` the dates of `source` that were not cancelled, the first one at `first`, with fresh stock.

    Raises `NotPossibleNow` when there is nothing to copy, or too much.
    """
    rows = list(source.occurrences.exclude(status=Occurrence.Status.CANCELLED).order_by("start"))
    if not 0 < len(rows) <= MOST:
        raise NotPossibleNow
    with transaction.atomic():
        return [_again(row, target, first - rows[0].start, actor_id) for row in rows]


def _again(row: Occurrence, target: EventPage, by: dt.timedelta, actor_id: int | None) -> Occurrence:
    capacity = row.capacity_pool.capacity if row.capacity_pool else None
    plan = DatePlan(row.start, row.end, row.doors, row.note, capacity).shifted(by)
    made = add_date(event=target, plan=plan, actor_id=actor_id)
    pools: dict[int, StockPool] = {}
    for ticket in row.ticket_types.filter(locale_id=row.event.locale_id).select_related("offer"):
        _copy_ticket(ticket, made, by, pools, actor_id)
    return made


def _copy_ticket(
    ticket: TicketType, date: Occurrence, by: dt.timedelta, pools: dict[int, StockPool], actor_id: int | None
) -> None:
    """`pools` remembers which new pool stands for which old one, so that tickets that shared stock share it again."""
    whole_id = ticket.occurrence.capacity_pool_id
    own = own_pool(ticket.offer, whole_id=whole_id)
    shares_whole = whole_id is not None and ticket.offer.pool_links.filter(pool=whole_id).exists()
    stock = Stock(
        capacity=own.capacity if own else None,
        shared=pools.get(own.pk) if own else None,
        whole=date.capacity_pool if shares_whole else None,
    )
    made = add_ticket_type(
        occurrence=date,
        name=ticket.name,
        terms=_later(Terms.of(ticket.offer), by),
        stock=stock,
        description=ticket.description,
        sort_order=ticket.sort_order,
        actor_id=actor_id,
    )
    new = own_pool(made.offer, whole_id=date.capacity_pool_id)
    if own and new:
        pools[own.pk] = new


def _later(terms: Terms, by: dt.timedelta) -> Terms:
    """The window moves along; one that opened in the past stays open."""
    end = terms.sales_end + by if terms.sales_end else None
    start = terms.sales_start + by if terms.sales_start else None
    return Terms(**{**terms.__dict__, "sales_start": start, "sales_end": end})
