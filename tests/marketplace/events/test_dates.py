"""Dates: one door for every change, and a trace of each."""

import datetime as dt

import pytest

from marketplace.audit.models import LogEntry
from marketplace.catalog.errors import DateInvalid, HasSales, NotPossibleNow
from marketplace.catalog.terms import Stock, Terms
from marketplace.commerce.errors import CapacityBelowSold
from marketplace.commerce.models import Offer, StockPool
from marketplace.events.models import EventPage, Occurrence, TicketType
from marketplace.events.plan import DatePlan
from marketplace.events.services import (
    add_ticket_type,
    cancel_date,
    change_date,
    copy_dates,
    delete_date,
    delete_ticket_type,
    duplicate_date,
    postpone_date,
)
from tests.factories.events import in_a_cart, in_days, make_date, make_event, make_ticket
from tests.factories.storefront import swahili

pytestmark = pytest.mark.django_db


def plan(days: float, **fields) -> DatePlan:
    start = in_days(days)
    return DatePlan(start, start + dt.timedelta(hours=2), **fields)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"end": in_days(30, 18)}, "end"),
        ({"end": in_days(100)}, "end"),
        ({"doors": in_days(30, 20)}, "doors"),
    ],
)
def test_a_date_that_does_not_add_up_is_refused_with_the_field(change, field):
    with pytest.raises(DateInvalid) as refusal:
        make_date(make_event(), start=in_days(30, 19), **change)
    assert field in refusal.value.details["errors"]


def test_the_whole_venue_is_a_pool_that_can_grow_shrink_appear_and_vanish():
    date = make_date(capacity=100)
    assert date.capacity_pool.capacity == 100
    assert change_date(occurrence_id=date.pk, plan=plan(30, capacity=80), actor_id=None).capacity_pool.capacity == 80
    row = change_date(occurrence_id=date.pk, plan=plan(30), actor_id=None)
    assert row.capacity_pool is None
    assert not StockPool.objects.exists()
    row = change_date(occurrence_id=date.pk, plan=plan(30, capacity=10), actor_id=None)
    assert row.capacity_pool.capacity == 10


def test_the_venue_cannot_shrink_below_what_is_held():
    date = make_date(capacity=100)
    in_a_cart(make_ticket(date, capacity=None, whole=True), quantity=5)
    with pytest.raises(CapacityBelowSold):
        change_date(occurrence_id=date.pk, plan=plan(30, capacity=4), actor_id=None)
    date.refresh_from_db()
    assert date.capacity_pool.capacity == 100


def test_moving_a_date_nobody_ordered_leaves_it_scheduled():
    date = make_date()
    make_ticket(date)
    assert change_date(occurrence_id=date.pk, plan=plan(50), actor_id=None).status == Occurrence.Status.SCHEDULED


def test_moving_a_date_somebody_ordered_says_so():
    date = make_date()
    in_a_cart(make_ticket(date))
    assert change_date(occurrence_id=date.pk, plan=plan(50), actor_id=None).status == Occurrence.Status.MOVED


def test_mending_the_end_of_an_ordered_date_is_no_move():
    date = make_date()
    in_a_cart(make_ticket(date))
    longer = DatePlan(date.start, date.end + dt.timedelta(hours=1))
    assert change_date(occurrence_id=date.pk, plan=longer, actor_id=None).status == Occurrence.Status.SCHEDULED


def test_a_cancelled_date_stays_cancelled():
    date = make_date()
    cancel_date(occurrence_id=date.pk, actor_id=None)
    for again in (
        lambda: change_date(occurrence_id=date.pk, plan=plan(50), actor_id=None),
        lambda: postpone_date(occurrence_id=date.pk, actor_id=None),
        lambda: cancel_date(occurrence_id=date.pk, actor_id=None),
    ):
        with pytest.raises(NotPossibleNow):
            again()
    date.refresh_from_db()
    assert date.status == Occurrence.Status.CANCELLED


def test_every_change_of_a_date_is_on_record():
    date = make_date()
    change_date(occurrence_id=date.pk, plan=plan(50), actor_id=7)
    postpone_date(occurrence_id=date.pk, actor_id=7)
    found = LogEntry.objects.filter(target_type="events.occurrence", target_id=str(date.pk)).order_by("at")
    assert [entry.action for entry in found] == ["date.created", "date.changed", "date.postponed"]
    assert found[1].data["before"]["start"] != found[1].data["after"]["start"]
    assert {entry.actor_id for entry in found} == {None, 7}


def test_a_duplicated_date_has_the_same_tickets_and_fresh_stock():
    date = make_date(capacity=100, doors=in_days(30, 18))
    first = make_ticket(date, "Standing", capacity=50, whole=True, sales_start=in_days(1), hidden=True)
    in_a_cart(first)
    again = duplicate_date(occurrence=date, start=date.start + dt.timedelta(days=7), actor_id=None)
    copy = again.ticket_types.get()
    assert again.doors == date.doors + dt.timedelta(days=7)
    assert again.capacity_pool_id != date.capacity_pool_id
    assert again.capacity_pool.capacity == 100
    assert copy.offer_id != first.offer_id
    assert (copy.offer.price_minor, copy.offer.hidden) == (100_000, True)
    assert copy.offer.sales_start == first.offer.sales_start + dt.timedelta(days=7)
    assert copy.offer.sales_end == again.start
    pools = copy.offer.pools.all()
    assert {pool.capacity for pool in pools} == {50, 100}
    assert {pool.held for pool in pools} == {0}


def test_tickets_that_shared_a_number_share_one_again():
    date = make_date()
    adult = make_ticket(date, "Adult", capacity=40)
    pool = adult.offer.pools.get()
    terms = Terms(currency="KES", price_minor=50_000)
    add_ticket_type(occurrence=date, name="Child", terms=terms, stock=Stock(shared=pool), actor_id=None)
    again = duplicate_date(occurrence=date, start=in_days(60), actor_id=None)
    drawn = {row.name: set(row.offer.pools.values_list("pk", flat=True)) for row in again.ticket_types.all()}
    assert drawn["Adult"] == drawn["Child"] != {pool.pk}
    assert len(drawn["Adult"]) == 1


def test_copied_dates_keep_their_distance():
    source, target = make_event(), make_event(live=False)
    make_ticket(make_date(source, days=10))
    make_ticket(make_date(source, days=17))
    cancel_date(occurrence_id=make_date(source, days=24).pk, actor_id=None)
    made = copy_dates(source=source, target=target, first=in_days(40), actor_id=None)
    assert [row.start for row in made] == [in_days(40), in_days(47)]
    assert all(row.ticket_types.count() == 1 for row in made)
    assert {row.event_id for row in made} == {target.pk}


def test_a_date_nobody_ordered_is_deleted_with_everything_it_made():
    date = make_date(capacity=100)
    make_ticket(date, whole=True)
    delete_date(occurrence=date, actor_id=None)
    assert not Occurrence.objects.exists()
    assert not TicketType.objects.exists()
    assert not Offer.objects.exists()
    assert not StockPool.objects.exists()


def test_a_date_or_ticket_somebody_wants_is_not_deleted():
    date = make_date()
    ticket = make_ticket(date)
    in_a_cart(ticket)
    with pytest.raises(HasSales):
        delete_date(occurrence=date, actor_id=None)
    with pytest.raises(HasSales):
        delete_ticket_type(ticket_type=ticket, actor_id=None)
    assert TicketType.objects.filter(pk=ticket.pk).exists()


def test_the_first_date_of_a_page_never_published_reads_the_clock_of_its_draft():
    event = make_event(live=False, timezone="Africa/Nairobi")
    draft = EventPage.objects.get(pk=event.pk)
    draft.timezone = "Europe/London"
    draft.save_revision()
    date = make_date(EventPage.objects.get(pk=event.pk))
    assert date.event.timezone == "Europe/London"
    assert EventPage.objects.get(pk=event.pk).timezone == "Europe/London"


def test_translations_share_dates():
    event = make_event()
    date = make_date(event)
    make_ticket(date)
    event.get_parent().specific.get_parent().specific.copy_for_translation(swahili(), copy_parents=True)
    other = event.copy_for_translation(swahili(), copy_parents=True)
    assert list(other.occurrences) == [date]
    assert other.occurrence_rows.count() == 0
