import datetime as dt
import json
import re

import pytest

from marketplace.commerce.models import Offer
from marketplace.core import clock
from marketplace.events.models import EventPage, Occurrence
from tests.factories.commerce import make_seller
from tests.factories.storefront import (
    make_date,
    make_event,
    make_events,
    make_home,
    make_image,
    make_seller_page,
    make_sellers,
    make_ticket,
    make_venue,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def index():
    return make_events(make_home())


def html(response):
    assert response.status_code == 200
    return response.content.decode()


def things(body):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL).group(1))


def test_a_ticket_can_be_put_into_the_cart_without_scripts(client, index):
    ticket = make_ticket(make_date(make_event(index)), price=150_000)
    body = html(client.get("/events/benga-night/"))
    assert f'name="quantity-{ticket.offer_id}"' in body
    assert 'action="/cart/add/"' in body
    assert "KES 1,500" in body
    response = client.post("/cart/add/", {f"quantity-{ticket.offer_id}": "2", "next": "/events/benga-night/"})
    assert response.status_code == 302


def test_each_of_many_dates_shows_its_own_tickets(client, index):
    event = make_event(index)
    first, second = make_date(event, days=3), make_date(event, days=4)
    one, two = make_ticket(first, "First night"), make_ticket(second, "Second night")
    body = html(client.get("/events/benga-night/"))
    assert f"quantity-{one.offer_id}" in body
    assert f"quantity-{two.offer_id}" not in body
    assert f"?date={second.pk}#pick" in body
    body = html(client.get(f"/events/benga-night/?date={second.pk}"))
    assert f"quantity-{two.offer_id}" in body
    assert f"quantity-{one.offer_id}" not in body


@pytest.mark.parametrize("asked", ["", "x", "999999", "-1", "%00", "1' or 1=1"])
def test_an_unknown_date_falls_back_to_the_first_that_sells(client, index, asked):
    event = make_event(index)
    stopped = make_ticket(make_date(event, days=3), "Stopped", active=False)
    ticket = make_ticket(make_date(event, days=4), "On sale")
    body = html(client.get(f"/events/benga-night/?date={asked}"))
    assert f"quantity-{ticket.offer_id}" in body
    assert f"offer-{stopped.offer_id}" not in body


def test_times_are_said_on_the_event_s_own_clock(client, index):
    event = make_event(index, timezone="America/New_York", venue=make_venue("New York"))
    year = clock.now().year + 1
    make_date(event, dt.datetime(year, 7, 1, 23, 30, tzinfo=dt.UTC), hours=5)
    body = html(client.get("/events/benga-night/"))
    assert f"1 July {year}, 19:30 to 00:30" in body
    assert "Eastern Daylight Time" in body or "Eastern Time" in body
    assert f'datetime="{year}-07-01T19:30-04:00"' in body


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        ({"sales_start": dt.timedelta(days=1)}, "Not yet on sale"),
        ({"sales_end": dt.timedelta(days=-1)}, "Sales ended"),
        ({"active": False}, "Not on sale"),
        ({"price": 0}, "Free"),
        ({"pricing": Offer.Pricing.PAY_WHAT_YOU_WANT, "price": 20_000, "suggested_minor": 50_000}, "KES 200 or more"),
        ({"capacity": 3}, "Only 3 left"),
    ],
)
def test_every_state_of_a_ticket_says_what_it_is(client, index, offer, words):
    moments = {name: clock.now() + value for name, value in offer.items() if isinstance(value, dt.timedelta)}
    make_ticket(make_date(make_event(index)), **{**offer, **moments})
    assert words in html(client.get("/events/benga-night/"))


def test_sold_out_and_all_held_are_told_apart(client, index):
    date = make_date(make_event(index))
    sold, held = make_ticket(date, "Gone", capacity=2), make_ticket(date, "Held", capacity=2)
    sold.offer.pools.update(sold=2)
    held.offer.pools.update(held=2)
    body = html(client.get("/events/benga-night/"))
    assert "Sold out" in body
    assert "may come back" in body
    assert "Add to cart" not in body


@pytest.mark.parametrize(
    ("state", "words"),
    [(EventPage.State.CANCELLED, "This event is cancelled."), (EventPage.State.POSTPONED, "This event is postponed.")],
)
def test_a_cancelled_or_postponed_event_says_so_and_sells_nothing(client, index, state, words):
    make_ticket(make_date(make_event(index, state=state)))
    body = html(client.get("/events/benga-night/"))
    assert words in body
    assert "See what else is on" not in body  # nothing else is
    assert "Add to cart" not in body
    assert things(body)[0]["eventStatus"].endswith(state.title())


def test_a_cancelled_date_among_others_sells_nothing(client, index):
    event = make_event(index)
    make_ticket(make_date(event, days=3))
    off = make_date(event, days=4)
    make_ticket(off)
    Occurrence.objects.filter(pk=off.pk).update(status=Occurrence.Status.CANCELLED)
    body = html(client.get(f"/events/benga-night/?date={off.pk}"))
    assert "This date is cancelled." in body
    assert "Add to cart" not in body


def test_a_past_event_says_so(client, index):
    make_ticket(make_date(make_event(index), days=-10))
    body = html(client.get("/events/benga-night/"))
    assert "This event is over." in body
    assert "Add to cart" not in body


def test_an_event_without_dates_has_its_page(client, index):
    make_event(index)
    assert "Date to be announced" in html(client.get("/events/benga-night/"))


def test_the_online_link_is_never_shown(client, index):
    make_ticket(make_date(make_event(index, attendance="online", online_url="https://meet.example/secret")))
    body = html(client.get("/events/benga-night/"))
    assert "meet.example" not in body
    assert "The link comes with your ticket." in body


def test_hidden_tickets_show_only_by_their_own_link(client, index):
    date = make_date(make_event(index))
    make_ticket(date, "Everyone")
    hidden = make_ticket(date, "Friends of the band", hidden=True)
    assert "Friends of the band" not in html(client.get("/events/benga-night/"))
    assert "Friends of the band" in html(client.get(f"/events/benga-night/?ticket={hidden.translation_key}"))
    assert "Friends of the band" not in html(client.get(f"/events/benga-night/?ticket={hidden.offer_id}"))


def test_machines_read_what_people_read(client, index):
    seller = make_seller("Nyanza Live")
    make_seller_page(make_sellers(index.get_parent()), seller)
    event = make_event(index, "A </script><b>Night</b>", slug="night", seller=seller, poster=make_image())
    make_ticket(make_date(event), price=150_000)
    body = html(client.get("/events/night/"))
    event_data, crumbs = things(body)
    assert event_data["name"] == "A </script><b>Night</b>"
    assert event_data["offers"][0] | {"url": ""} == {
        "@type": "Offer",
        "name": "Standing",
        "price": "1500.00",
        "priceCurrency": "KES",
        "availability": "https://schema.org/InStock",
        "url": "",
        "seller": {"@type": "Organization", "name": "Nyanza Live"},
    }
    assert event_data["location"]["address"]["addressLocality"] == "Nairobi"
    assert event_data["organizer"]["url"] == "http://localhost:8000/sellers/nyanza-live/"
    assert [item["name"] for item in crumbs["itemListElement"]] == ["Home", "Events", "A </script><b>Night</b>"]
    assert '<link rel="canonical" href="http://localhost:8000/events/night/">' in body
    assert '<meta property="og:image" content="http://localhost:8000/media/' in body
    assert "<b>Night</b>" not in body
    assert body.count("<h1") == 1


def test_the_poster_comes_in_several_widths(client, index):
    make_event(index, poster=make_image())
    body = html(client.get("/events/benga-night/"))
    assert re.search(r'srcset="[^"]+ 640w, [^"]+ 800w"', body) or re.search(r'srcset="[^"]+ 640w', body)
    assert re.search(r'width="\d+" height="\d+"', body)
    assert ".webp" in body


def test_likely_events_are_shown_and_the_others_not_twice(client, index):
    event = make_event(index)
    make_date(event)
    near, over = make_event(index, "Taarab"), make_event(index, "Long ago")
    make_date(near)
    make_date(over, days=-9)
    titles = [card.title for card in client.get("/events/benga-night/").context["related_cards"]]
    assert titles == [near.title]


def test_a_preview_shows_what_is_not_published_yet(rf, index):
    event = make_event(index)
    event.title = "Benga Night, extended"
    response = event.make_preview_request()
    response.render()
    assert "Benga Night, extended" in response.content.decode()
