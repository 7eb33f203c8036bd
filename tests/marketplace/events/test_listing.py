"""Listings: the right events in the right order, in few queries whatever their number."""

import datetime as dt

import pytest
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale

from marketplace.catalog.models import Category
from marketplace.core.money import Money
from marketplace.events.models import EventPage
from marketplace.events.selectors import EventFilters, event_cards, event_cities, event_detail, find_events
from marketplace.events.services import cancel_date, postpone_date, stop_ticket_sales
from tests.factories.events import in_a_cart, in_days, make_date, make_event, make_ticket, make_venue

pytestmark = pytest.mark.django_db


def titles(**filters) -> list[str]:
    return [page.title for page in find_events(EventFilters(**filters))]


def card_of(event: EventPage):
    return event_cards(EventPage.objects.filter(pk=event.pk))[0]


def today(days: int = 0) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def make_category(slug: str, parent: Category | None = None) -> Category:
    return Category.objects.create(slug=slug, name=slug.title(), parent=parent, locale=Locale.get_default())


def test_what_comes_first_stands_first_and_what_is_over_is_left_out():
    make_date(make_event("Later"), days=20)
    make_date(make_event("Soon"), days=3)
    make_date(make_event("Over"), days=-3)
    series = make_event("Series")
    make_date(series, days=-5)
    make_date(series, days=10)
    make_date(make_event("Draft", live=False), days=5)
    assert titles() == ["Soon", "Series", "Later"]
    assert titles(past=True) == ["Over"]


def test_what_has_no_date_yet_comes_last_and_is_not_past():
    make_event("Unknown")
    postponed = make_event("Postponed")
    postpone_date(occurrence_id=make_date(postponed, days=5).pk, actor_id=None)
    make_date(make_event("Soon"), days=3)
    assert titles()[0] == "Soon"
    assert set(titles()[1:]) == {"Unknown", "Postponed"}
    assert titles(past=True) == []


def test_a_top_category_includes_those_within_it():
    music = make_category("music")
    jazz = make_category("jazz", music)
    make_event("Band", category=music)
    make_event("Quartet", category=jazz)
    make_event("Run", category=make_category("sport"))
    assert set(titles(category="music")) == {"Band", "Quartet"}
    assert titles(category="jazz") == ["Quartet"]
    assert titles(category="nothing") == []


def test_cities_attendance_and_sellers_narrow():
    kisumu = make_event("Lake", venue=make_venue(city="Kisumu"))
    make_event("Town", attendance="hybrid")
    make_event("Stream", attendance="online")
    assert titles(city="kisumu") == ["Lake"]
    assert set(titles(attendance="online")) == {"Town", "Stream"}
    assert set(titles(attendance="in_person")) == {"Lake", "Town"}
    assert titles(seller_id=kisumu.seller_id) == ["Lake"]
    assert event_cities() == ["Kisumu", "Nairobi"]


def test_days_are_days_of_the_site_and_both_ends_count():
    make_date(make_event("Tomorrow night"), start=in_days(1, hour=23))
    make_date(make_event("Day after"), start=in_days(2, hour=1))
    assert titles(day_from=today(1), day_to=today(1)) == ["Tomorrow night"]
    # It runs until two in the morning of the day after.
    assert titles(day_from=today(2), day_to=today(2)) == ["Tomorrow night", "Day after"]
    assert titles(day_from=today(3)) == []


def test_prices_narrow_in_their_own_currency():
    make_ticket(make_date(make_event("Dear")), price=500_000)
    make_ticket(make_date(make_event("Cheap")), price=50_000)
    make_ticket(make_date(make_event("Dollars")), price=100, currency="USD")
    make_ticket(make_date(make_event("Free")), price=0)
    assert set(titles(price_at_most=Money(100_000, "KES"))) == {"Cheap", "Free"}
    assert titles(free=True) == ["Free"]


def test_a_card_tells_price_place_and_time_on_the_events_clock():
    event = make_event("Fog", timezone="Europe/London", venue=make_venue(name="Roundhouse", city="London"))
    start = dt.datetime.combine(today(40), dt.time(18, 0), tzinfo=dt.UTC)
    date = make_date(event, start=start)
    make_ticket(date, price=4_500, currency="GBP")
    make_ticket(date, "Balcony", price=9_000, currency="GBP")
    make_date(event, start=start + dt.timedelta(days=1))
    card = card_of(event)
    assert card.price_from == Money(4_500, "GBP")
    assert card.where == "Roundhouse, London"
    local = date.local(start)
    assert f"{local:%H:%M}" in card.when
    assert card.when_iso == local.isoformat(timespec="minutes")
    assert card.more_dates == "+ 1 more date"
    assert (card.url, card.status) == (event.get_url(), None)


def test_hidden_tickets_make_no_price():
    event = make_event()
    make_ticket(make_date(event), hidden=True)
    assert card_of(event).price_from is None


def test_few_left_sold_out_and_held_are_told_apart():
    few, gone, held = make_event(), make_event(), make_event()
    make_ticket(make_date(few), capacity=5)
    make_ticket(make_date(gone), capacity=0)
    in_a_cart(make_ticket(make_date(held), capacity=2), quantity=2)
    assert card_of(few).left_note == "Few left"
    assert card_of(gone).sold_out
    assert str(card_of(gone).status.label) == "Sold out"
    assert not card_of(held).sold_out
    assert "carts" in card_of(held).left_note


def test_a_running_series_is_not_sold_out_because_its_first_date_was():
    event = make_event()
    make_ticket(make_date(event, days=-3), capacity=0)
    make_ticket(make_date(event, days=3), capacity=50)
    assert not card_of(event).sold_out


@pytest.mark.parametrize(("state", "label"), [("cancelled", "Cancelled"), ("postponed", "Postponed")])
def test_the_state_of_the_page_is_a_badge(state, label):
    event = make_event(state=state)
    make_date(event)
    assert str(card_of(event).status.label) == label


def test_an_event_whose_every_date_is_cancelled_is_cancelled():
    event = make_event()
    cancel_date(occurrence_id=make_date(event).pk, actor_id=None)
    card = card_of(event)
    assert card.cancelled
    assert not card.past


def test_cards_take_the_same_few_queries_for_two_events_and_for_twelve(django_assert_max_num_queries):
    image = get_image_model().objects.create(title="Poster", file=get_test_image_file())
    for number in range(12):
        event = make_event(f"Night {number}", poster=image, category=make_category(f"c{number}"))
        date = make_date(event, days=number + 1, capacity=100)
        make_ticket(date, whole=True)
        make_ticket(date, "Second", price=0)
    event_cards(find_events()[:12])  # renditions are made once
    for count in (2, 12):
        pages = find_events()[:count]
        # find_events asks once for private pages; then pages, renditions, dates, tickets and commerce's two.
        with django_assert_max_num_queries(6):
            cards = event_cards(pages)
        assert len(cards) == count
        assert all(card.image and card.price_from is not None and card.url for card in cards)


def test_detail_takes_four_queries_and_shows_hidden_tickets_only_by_their_link(django_assert_num_queries):
    event = make_event()
    for days in (5, 6, 7):
        make_ticket(make_date(event, days=days))
    hidden = make_ticket(event.occurrences.first(), "Friends", hidden=True)
    page = EventPage.objects.get(pk=event.pk)
    with django_assert_num_queries(4):
        dates = event_detail(page)
    assert [len(date.tickets) for date in dates] == [1, 1, 1]
    assert all(date.on_sale for date in dates)
    unlocked = event_detail(page, unlocked=[hidden.offer_id])
    assert [each.ticket.name for each in unlocked[0].tickets] == ["Standing", "Friends"]


def test_a_stopped_ticket_is_shown_as_such():
    event = make_event()
    stop_ticket_sales(ticket_type=make_ticket(make_date(event)), actor_id=None)
    (date,) = event_detail(EventPage.objects.get(pk=event.pk))
    assert not date.on_sale
    assert date.tickets[0].state.state == "stopped"
