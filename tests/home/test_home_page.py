import pytest

from home.models import HomeEvent, HomeProduct
from marketplace.events.models import EventPage
from tests.factories.storefront import (
    make_date,
    make_event,
    make_events,
    make_home,
    make_image,
    make_plan,
    make_product,
    make_products,
    make_seller_page,
    make_sellers,
)

pytestmark = pytest.mark.django_db


def test_an_empty_market_still_opens(client):
    make_home(hero_title="Something to look forward to")
    response = client.get("/")
    assert response.status_code == 200
    body = response.content.decode()
    assert "Something to look forward to" in body
    assert "Nothing is announced just now" in body
    assert body.count("<h1") == 1


def test_what_editors_chose_comes_first_and_falls_out_when_it_is_over(client):
    home = make_home()
    index = make_events(home)
    events = {}
    for title, days in (("Soon", 20), ("Chosen", 40), ("Over", -3)):
        events[title] = make_event(index, title, poster=make_image(title))
        make_date(events[title], days=days)
    off = make_event(index, "Off", state=EventPage.State.CANCELLED)
    for order, page in enumerate([events["Over"], off, events["Chosen"]]):
        HomeEvent.objects.create(home=home, event=page, sort_order=order)
    response = client.get("/")
    assert [card.title for card in response.context["next_cards"]] == ["Chosen", "Soon"]
    assert [poster["title"] for poster in response.context["posters"]] == ["Chosen", "Soon"]


def test_this_week_is_a_row_of_its_own_in_order_of_time(client):
    index = make_events(make_home())
    for title, days in (("Friday", 5), ("Tomorrow", 1), ("Next month", 30)):
        make_date(make_event(index, title), days=days)
    context = client.get("/").context
    assert [card.title for card in context["this_week"]] == ["Tomorrow", "Friday"]
    assert [card.title for card in context["next_cards"]] == ["Next month"]
    assert context["week_link"]["url"] == "/events/?when=week"


def test_the_ways_on_lead_to_what_there_is(client):
    home = make_home()
    assert client.get("/").context["hero_actions"] == []
    events, products, sellers = make_events(home), make_products(home), make_sellers(home)
    make_date(make_event(events))
    plain, chosen = make_product(products, "Plain"), make_product(products, "Chosen")
    HomeProduct.objects.create(home=home, product=chosen)
    make_plan(plain)
    make_seller_page(sellers)
    home.save_revision().publish()
    context = client.get("/").context
    assert [str(action["url"]) for action in context["hero_actions"]] == ["/events/", "/products/"]
    assert context["cities"] == [{"label": "Nairobi", "url": "/events/?city=Nairobi"}]
    assert [card.title for card in context["product_cards"]] == ["Chosen", "Plain"]
    assert len(context["sellers"]) == 1


def test_previews_of_home_and_of_words_render():
    home = make_home()
    for page in (home,):
        response = page.make_preview_request()
        response.render()
        assert response.status_code == 200
