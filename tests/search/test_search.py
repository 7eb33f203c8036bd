import pytest

from search.selectors import clean
from tests.factories.commerce import make_seller
from tests.factories.storefront import (
    make_date,
    make_event,
    make_events,
    make_home,
    make_product,
    make_products,
    make_seller_page,
    make_sellers,
    make_standard,
    make_ticket,
    make_venue,
    swahili,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    home = make_home()
    events, products = make_events(home), make_products(home)
    benga = make_event(events, "Benga Night", venue=make_venue("Kisumu"), summary="Guitars by the lake.")
    make_ticket(make_date(benga))
    make_date(make_event(events, "Benga Long Ago"), days=-30)
    make_product(products, "Benga Sounds", summary="Guitar loops.")
    make_seller_page(make_sellers(home), make_seller("Benga House"))
    make_standard(home, "About Benga")
    make_event(events, "Secret Benga", live=False)
    return home


def found(client, query):
    response = client.get(f"/search/?q={query}")
    assert response.status_code == 200
    context = response.context
    cards = [card.title for card in [*context["events"], *context["products"]]]
    return [*cards, *(each["name"] for each in context["sellers"]), *(page.title for page in context["pages"])]


def test_one_search_finds_every_kind_and_no_drafts(client, market):
    assert found(client, "benga") == ["Benga Night", "Benga Long Ago", "Benga Sounds", "Benga House", "About Benga"]


def test_a_venue_s_city_and_a_seller_s_name_lead_to_the_event(client, market):
    assert found(client, "kisumu") == ["Benga Night"]
    assert found(client, "benga+kisumu") == ["Benga Night"]


def test_results_can_be_narrowed_to_a_kind(client, market):
    assert found(client, "benga&type=products") == ["Benga Sounds"]
    assert found(client, "benga&type=sellers") == ["Benga House"]
    tabs = client.get("/search/?q=benga").context["kinds"]
    assert [tab["label"] for tab in tabs] == [
        "Everything (5)",
        "Events (2)",
        "Products (1)",
        "Sellers (1)",
        "Pages (1)",
    ]


def test_a_beginning_or_some_of_the_words_find_what_is_close(client, market):
    assert "Benga Night" in found(client, "beng")
    assert "Benga Night" in found(client, "benga+trombone")
    assert "These come close" in client.get("/search/?q=benga+trombone").content.decode()


def test_a_slip_of_the_finger_is_guessed(client, market):
    response = client.get("/search/?q=bemga")
    assert response.context["meant"] == {"words": "benga", "url": "/search/?q=benga"}
    assert "Did you mean" in response.content.decode()


def test_finding_nothing_shows_a_way_on(client, market):
    response = client.get("/search/?q=xyzzyplugh")
    assert "Nothing found" in response.content.decode()
    assert [card.title for card in response.context["suggested"]] == ["Benga Night"]


def test_an_empty_search_is_a_page_to_search_on(client, market):
    body = client.get("/search/").content.decode()
    assert "What are you looking for?" in body
    assert "Nothing found" not in body


@pytest.mark.parametrize(
    "typed",
    ['"', '"benga', "benga*", "(benga", "benga OR", "NOT benga", "%", "'; --", "title:benga", "\x00", "^", "a" * 9000],
)
def test_operators_and_quotes_are_only_words(client, market, typed):
    assert client.get("/search/", {"q": typed}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"), [('"jazz" night', "jazz night"), ("o'brien", "o brien"), ("ünïcode_x", "ünïcode x")]
)
def test_only_words_reach_the_index(typed, words):
    assert clean(typed) == words


def test_what_is_shown_is_escaped_and_not_listed_by_machines(client, market):
    body = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in body
    assert '<meta name="robots" content="noindex, follow">' in body


def test_a_visitor_whose_language_the_site_does_not_speak_finds_things_too(client, market):
    swahili()
    response = client.get("/search/?q=benga", headers={"Accept-Language": "sw"})
    assert len(response.context["found"].hits) == 5


def test_beyond_the_last_page_there_is_nothing(client, market):
    assert client.get("/search/?q=benga&page=2").status_code == 404
