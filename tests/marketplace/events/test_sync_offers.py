"""Carts know only offers: these must agree with pages and dates, whatever an editor does."""

import datetime as dt

import pytest
from django.utils import timezone
from wagtail.models import Locale

from marketplace.audit.models import LogEntry
from marketplace.catalog.models import Category
from marketplace.commerce.selectors import availability
from marketplace.events.models import EventPage, Occurrence
from marketplace.events.plan import DatePlan
from marketplace.events.services import (
    cancel_date,
    change_date,
    postpone_date,
    resume_ticket_sales,
    stop_ticket_sales,
    sync_offers,
)
from tests.factories.events import in_days, make_date, make_event, make_event_index, make_ticket

pytestmark = pytest.mark.django_db


def state_of(ticket):
    offer = type(ticket.offer).objects.select_related("seller").get(pk=ticket.offer_id)
    return availability([offer])[offer.pk].state


def fresh(ticket):
    ticket.offer.refresh_from_db()
    return ticket.offer


def test_an_offer_begins_with_what_its_page_says():
    event = make_event("Harvest Night", refund_policy="Until a week before.")
    date = make_date(event)
    offer = make_ticket(date).offer
    assert (offer.title, offer.kind, offer.name) == ("Harvest Night", "ticket", "Standing")
    assert offer.url == event.get_url()
    assert offer.service_date == date.start
    assert offer.service_zone == "Africa/Nairobi"
    assert offer.place == str(event.venue)
    assert offer.refund_policy == "Until a week before."
    assert offer.sales_end == date.start
    assert state_of(date.ticket_types.get()) == "on_sale"


def test_an_offer_copies_the_category_and_the_refund_rule_of_its_page_and_follows_them():
    music = Category.objects.create(slug="music", name="Music", locale=Locale.get_default())
    event = make_event(category=music, refund_rule="before", refund_days=3, refund_percent=50)
    ticket = make_ticket(make_date(event))
    offer = ticket.offer
    assert (offer.category, offer.refund_rule, offer.refund_days, offer.refund_percent) == ("music", "before", 3, 50)
    event.refund_rule, event.category = "never", None
    event.save_revision().publish()
    assert (fresh(ticket).category, fresh(ticket).refund_rule) == ("", "never")


def test_publishing_a_new_title_renames_the_offer_and_a_draft_does_not():
    event = make_event("Old")
    ticket = make_ticket(make_date(event))
    event.title = "New"
    revision = event.save_revision()
    assert fresh(ticket).title == "Old"
    revision.publish()
    assert fresh(ticket).title == "New"


def test_a_page_that_is_not_live_sells_nothing():
    event = make_event()
    ticket = make_ticket(make_date(event))
    event.unpublish()
    assert state_of(ticket) == "stopped"
    event.save_revision().publish()
    assert state_of(ticket) == "on_sale"


def test_tickets_of_a_draft_wait_for_its_publication():
    event = make_event(live=False)
    ticket = make_ticket(make_date(event))
    assert state_of(ticket) == "stopped"
    event.save_revision().publish()
    assert state_of(ticket) == "on_sale"


@pytest.mark.parametrize("state", [EventPage.State.CANCELLED, EventPage.State.POSTPONED])
def test_an_event_that_does_not_take_place_sells_nothing(state):
    event = make_event()
    ticket = make_ticket(make_date(event))
    event.state = state
    event.save_revision().publish()
    assert state_of(ticket) == "stopped"


def test_what_was_stopped_by_hand_stays_stopped_through_publications():
    event = make_event()
    ticket = make_ticket(make_date(event))
    stop_ticket_sales(ticket_type=ticket, actor_id=None)
    event.unpublish()
    event.save_revision().publish()
    assert state_of(ticket) == "stopped"
    resume_ticket_sales(ticket_type=ticket, actor_id=None)
    assert state_of(ticket) == "on_sale"


def test_resuming_by_hand_does_not_overrule_a_cancelled_date():
    date = make_date()
    ticket = make_ticket(date)
    stop_ticket_sales(ticket_type=ticket, actor_id=None)
    cancel_date(occurrence_id=date.pk, actor_id=None)
    resume_ticket_sales(ticket_type=ticket, actor_id=None)
    assert state_of(ticket) == "stopped"


def test_a_cancelled_date_stops_alone():
    event = make_event()
    off, on = make_date(event, days=10), make_date(event, days=20)
    gone, stays = make_ticket(off), make_ticket(on)
    cancel_date(occurrence_id=off.pk, actor_id=None)
    assert (state_of(gone), state_of(stays)) == ("stopped", "on_sale")


def test_a_postponed_date_sells_again_once_it_has_a_new_one():
    date = make_date()
    ticket = make_ticket(date)
    postpone_date(occurrence_id=date.pk, actor_id=None)
    assert state_of(ticket) == "stopped"
    start = in_days(60)
    change_date(occurrence_id=date.pk, plan=DatePlan(start, start + dt.timedelta(hours=2)), actor_id=None)
    assert state_of(ticket) == "on_sale"
    date.refresh_from_db()
    assert date.status == Occurrence.Status.SCHEDULED
    assert fresh(ticket).service_date == start


def test_a_started_date_sells_nothing_although_nobody_touched_it():
    date = make_date(days=2)
    ticket = make_ticket(date, sales_end=date.end)
    assert fresh(ticket).sales_end == date.start
    offer = type(ticket.offer).objects.select_related("seller").get(pk=ticket.offer_id)
    assert availability([offer], now=date.start)[offer.pk].state == "ended"
    assert availability([offer], now=date.start - dt.timedelta(seconds=1))[offer.pk].state == "on_sale"


def test_a_window_that_ended_with_the_date_moves_with_it_and_an_earlier_one_stays():
    event = make_event()
    date = make_date(event, days=30)
    other = make_date(event, days=30)
    early = in_days(5)
    follows, stays = make_ticket(date), make_ticket(date, "Early", sales_end=early)
    elsewhere = make_ticket(other, "Elsewhere")
    start = in_days(40)
    change_date(occurrence_id=date.pk, plan=DatePlan(start, start + dt.timedelta(hours=2)), actor_id=None)
    assert fresh(follows).sales_end == start
    assert fresh(stays).sales_end == early
    assert fresh(elsewhere).sales_end == other.start


def test_bringing_a_date_forward_shortens_every_window():
    date = make_date(days=30)
    ticket = make_ticket(date, sales_start=in_days(20), sales_end=in_days(28))
    start = in_days(10)
    change_date(occurrence_id=date.pk, plan=DatePlan(start, start + dt.timedelta(hours=2)), actor_id=None)
    offer = fresh(ticket)
    assert offer.sales_end == start
    assert offer.sales_start is None


def test_moving_the_shelf_or_renaming_it_changes_the_address(django_capture_on_commit_callbacks):
    event = make_event()
    ticket = make_ticket(make_date(event))
    index = make_event_index()
    index.slug = "whats-on"
    with django_capture_on_commit_callbacks(execute=True):
        index.save_revision().publish()
    assert fresh(ticket).url == EventPage.objects.get(pk=event.pk).get_url()
    assert "whats-on" in ticket.offer.url


def test_nothing_new_changes_nothing_and_logs_nothing():
    event = make_event()
    make_ticket(make_date(event))
    before = LogEntry.objects.count()
    assert sync_offers(event=event) == 0
    assert LogEntry.objects.count() == before


def test_a_change_is_logged_with_before_and_after():
    event = make_event("Old")
    ticket = make_ticket(make_date(event))
    event.title = "New"
    event.save_revision().publish()
    entry = LogEntry.objects.filter(target_type="commerce.offer", target_id=str(ticket.offer_id)).latest("at")
    assert entry.action == "offer.changed"
    assert (entry.data["before"]["title"], entry.data["after"]["title"]) == ("Old", "New")
    assert entry.at <= timezone.now()
