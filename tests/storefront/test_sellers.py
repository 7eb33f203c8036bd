import pytest

from tests.factories.commerce import make_seller
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


@pytest.fixture
def seller():
    home = make_home()
    seller = make_seller(
        "Nyanza Live", slug="nyanza", tagline="Lake music", city="Kisumu", verified=True, about="Since 2009."
    )
    seller.logo = make_image("Logo", 200, 200)
    seller.save()
    make_seller_page(make_sellers(home), seller)
    events, products = make_events(home), make_products(home)
    make_date(make_event(events, "Coming", seller=seller))
    make_date(make_event(events, "Over", seller=seller), days=-5)
    make_date(make_event(events, "Of another"))
    make_plan(make_product(products, "Tool", seller=seller))
    return seller


def test_a_seller_s_page_shows_what_they_offer_now_and_nothing_of_others(client, seller):
    response = client.get("/sellers/nyanza-live/")
    assert {str(part["title"]): [card.title for card in part["cards"]] for part in response.context["sections"]} == {
        "Coming events": ["Coming"],
        "Products": ["Tool"],
    }
    body = response.content.decode()
    assert "Since 2009." in body
    assert '"@type":"Organization"' in body


def test_the_index_counts_what_each_offers(client, seller):
    [byline] = client.get("/sellers/").context["sellers"]
    assert byline["offers"] == ["1 event", "1 product"]
    assert byline["url"] == "/sellers/nyanza-live/"
    assert byline["image"].endswith(".webp")


def test_empty_stalls_say_so(client):
    home = make_home()
    index = make_sellers(home)
    assert "Nobody sells here yet" in client.get("/sellers/").content.decode()
    make_seller_page(index, make_seller("Quiet"))
    assert "Nothing on sale just now" in client.get("/sellers/quiet/").content.decode()
