import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from marketplace.catalog.models import Category
from marketplace.core.money import Money
from marketplace.events.models import EventPage
from marketplace.events.presentation.filters import Asked
from tests.factories.storefront import (
    make_date,
    make_event,
    make_events,
    make_home,
    make_plan,
    make_product,
    make_products,
    make_ticket,
    make_venue,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def index():
    return make_events(make_home())


def titles(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return [card.title for card in response.context["cards"]]


def category(name, parent=None):
    from wagtail.models import Locale

    return Category.objects.create(name=name, slug=name.lower(), parent=parent, locale=Locale.get_default())


def test_the_next_date_comes_first_and_the_past_is_elsewhere(client, index):
    for title, days in (("Later", 9), ("Sooner", 2), ("Over", -5)):
        make_date(make_event(index, title), days=days)
    make_event(index, "Someday")
    assert titles(client, "/events/") == ["Sooner", "Later", "Someday"]
    assert titles(client, "/events/?past=1") == ["Over"]
    assert "past=1" in client.get("/events/").content.decode()


def test_city_category_price_and_words_narrow_the_listing(client, index):
    music = category("Music")
    jazz = category("Jazz", music)
    one = make_event(index, "Kisumu Blues", venue=make_venue("Kisumu"), category=jazz)
    two = make_event(index, "Nairobi Run", summary="Ten kilometers.")
    make_ticket(make_date(one, days=2), price=50_000)
    make_ticket(make_date(two, days=3), price=0)
    assert titles(client, "/events/?city=Kisumu") == ["Kisumu Blues"]
    assert titles(client, "/events/?category=music") == ["Kisumu Blues"]
    assert titles(client, "/events/?category=jazz") == ["Kisumu Blues"]
    assert titles(client, "/events/?price=free") == ["Nairobi Run"]
    assert titles(client, "/events/?price=500") == ["Kisumu Blues", "Nairobi Run"]
    assert titles(client, "/events/?q=KILOMETERS nairobi") == ["Nairobi Run"]
    assert titles(client, "/events/?q=nairobi&city=Kisumu") == []


def test_chips_say_what_is_active_and_each_removes_its_own(client, index):
    make_date(make_event(index))
    response = client.get("/events/?city=Nairobi&price=500&when=month&page=1")
    chips = response.context["filters"]["chips"]
    assert {str(chip["label"]): chip["url"] for chip in chips} == {
        "This month": "/events/?city=Nairobi&price=500",
        "Nairobi": "/events/?price=500&when=month",
        "Up to KES 500": "/events/?city=Nairobi&when=month",
    }


NONSENSE = [
    "page=0",
    "page=-1",
    "page=x",
    "page=99999999999",
    "price=1e9",
    "when=never",
    "from=2026-13-45",
    "to=0000-00-00",
]


@pytest.mark.parametrize(
    "query", [*NONSENSE, "q=%00", "q=" + "x" * 5000, "city='", "category=%F0%9F%8E%AD", "past=maybe"]
)
def test_nonsense_in_the_address_is_not_an_error(client, index, query):
    make_date(make_event(index))
    assert client.get(f"/events/?{query}").status_code == 200


def test_beyond_the_last_page_there_is_nothing(client, index):
    for n in range(26):
        make_date(make_event(index, f"Event {n}"), days=n + 1)
    assert titles(client, "/events/?page=2") == ["Event 24", "Event 25"]
    assert client.get("/events/?page=3").status_code == 404
    pages = client.get("/events/?city=Nairobi").context["pagination"]
    assert [page.get("url") for page in pages["pages"]] == ["/events/?city=Nairobi", "/events/?city=Nairobi&page=2"]


@pytest.mark.parametrize(
    ("today", "when", "first", "last"),
    [
        ("2026-11-25", "today", "2026-11-25", "2026-11-25"),
        ("2026-11-25", "weekend", "2026-11-27", "2026-11-29"),  # from a Wednesday
        ("2026-11-28", "weekend", "2026-11-28", "2026-11-29"),  # from the Saturday itself
        ("2026-11-29", "weekend", "2026-11-29", "2026-11-29"),
        ("2026-11-25", "week", "2026-11-25", "2026-12-01"),
        ("2026-11-25", "month", "2026-11-25", "2026-11-30"),
        ("2028-02-10", "month", "2028-02-10", "2028-02-29"),
        ("2026-12-31", "month", "2026-12-31", "2026-12-31"),
    ],
)
def test_named_spans_of_days(today, when, first, last):
    span = Asked(when=when).span(dt.date.fromisoformat(today))
    assert span == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@time_machine.travel("2026-11-25 06:00:00+00:00", tick=False)
def test_days_are_days_of_the_site_s_own_time_zone(client, index):
    late = make_event(index, "Late")
    make_date(late, dt.datetime(2026, 11, 25, 20, 30, tzinfo=dt.UTC), hours=0.25)  # 23:30 in Nairobi
    after = make_event(index, "After midnight")
    make_date(after, dt.datetime(2026, 11, 25, 21, 30, tzinfo=dt.UTC))  # 00:30 on the 26th in Nairobi
    assert titles(client, "/events/?when=today") == ["Late"]
    assert titles(client, "/events/?from=2026-11-26&to=2026-11-26") == ["After midnight"]
    assert timezone.get_default_timezone_name() == "Africa/Nairobi"


def test_cards_answer_what_when_where_and_how_much(client, index):
    event = make_event(index, "Benga Night")
    date = make_date(event)
    make_ticket(date, price=150_000, capacity=5)
    make_ticket(date, "Table", price=900_000)
    make_date(event, days=8)
    [card] = client.get("/events/").context["cards"]
    assert (card.title, card.where, card.price_from) == ("Benga Night", "The Alchemist, Nairobi", Money(150_000, "KES"))
    assert card.when
    assert card.more_dates == "+ 1 more date"


def test_an_empty_listing_says_what_to_do(client, index):
    assert "Nothing is announced just now" in client.get("/events/").content.decode()
    make_date(make_event(index))
    body = client.get("/events/?q=nothingatall").content.decode()
    assert "Nothing fits that" in body
    assert "Clear all filters" in body


def test_drafts_and_cancelled_events_are_not_sold_as_coming(client, index):
    make_date(make_event(index, "Draft", live=False))
    make_date(make_event(index, "Off", state=EventPage.State.CANCELLED))
    [card] = client.get("/events/").context["cards"]
    assert card.cancelled
    assert "Cancelled" in client.get("/events/").content.decode()


def test_products_narrow_by_type_category_price_and_words(client):
    index = make_products(make_home())
    tools = category("Tools")
    one = make_product(index, "Till Ledger", type="app", category=tools)
    two = make_product(index, "Rain Sounds", type="media")
    make_plan(one, price=200_000)
    make_plan(two, price=0)
    assert titles(client, "/products/") == ["Rain Sounds", "Till Ledger"]
    assert titles(client, "/products/?type=app") == ["Till Ledger"]
    assert titles(client, "/products/?category=tools") == ["Till Ledger"]
    assert titles(client, "/products/?price=free") == ["Rain Sounds"]
    assert titles(client, "/products/?price=2500&q=ledger") == ["Till Ledger"]
    assert titles(client, "/products/?type=spaceship") == ["Rain Sounds", "Till Ledger"]


def test_feed_readers_hear_what_is_coming(client, index):
    make_date(make_event(index, "Benga & Friends"))
    make_date(make_event(index, "Over"), days=-3)
    response = client.get("/feeds/events.xml")
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    body = response.content.decode()
    assert "<title>Benga &amp; Friends</title>" in body
    assert 'href="http://localhost:8000/events/benga-friends/"' in body
    assert "Over" not in body
    assert "/feeds/events.xml" in client.get("/events/").content.decode()


def test_a_category_in_a_city_is_a_page_of_its_own(client, index):
    make_date(make_event(index, category=category("Music")))
    body = client.get("/events/?category=music&city=Nairobi").content.decode()
    assert "<h1>Events: Music, Nairobi</h1>" in body
    assert 'rel="canonical" href="http://localhost:8000/events/?category=music&amp;city=Nairobi"' in body
    assert 'rel="canonical" href="http://localhost:8000/events/"' in client.get("/events/?price=500").content.decode()
