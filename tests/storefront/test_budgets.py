"""Query budgets. Each page is asked once before: pictures get made, menus and site roots are remembered."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

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
    make_settings,
    make_standard,
    make_ticket,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    """A site with menus, 30 events of 3 dates, 30 products and 5 sellers, all with pictures."""
    home = make_home()
    events, products, sellers = make_events(home), make_products(home), make_sellers(home)
    about = make_standard(home)
    link = {"type": "link", "value": {"label": "", "page": about.pk, "url": ""}}
    make_settings(primary_menu=[link], terms_page=about)
    people = [make_seller(f"Seller {n}", logo=make_image(f"Logo {n}", 100, 100)) for n in range(5)]
    for seller in people:
        make_seller_page(sellers, seller)
    posters = [make_image(f"Poster {n}") for n in range(3)]
    for n in range(30):
        event = make_event(events, f"Benga {n}", seller=people[n % 5], poster=posters[n % 3])
        for day in range(3):
            make_ticket(make_date(event, days=n + day + 1))
        product = make_product(products, f"Benga Tool {n}", seller=people[n % 5], poster=posters[n % 3])
        make_plan(product)
    return home


def with_cart(client: Client, offer_id: int) -> Client:
    response = client.post("/cart/add/", {f"quantity-{offer_id}": "1"})
    assert response.status_code == 302
    return client


BUDGETS = [
    ("/", 20, "home"),
    ("/events/", 12, "listing of events"),
    ("/events/?when=month&city=Nairobi&price=5000&q=benga", 12, "narrowed listing"),
    ("/events/?page=2", 12, "second page"),
    ("/events/?q=nothingatall", 12, "empty listing"),
    ("/products/", 12, "listing of products"),
    ("/products/?type=app&q=benga", 12, "narrowed products"),
    ("/events/benga-7/", 12, "event"),
    ("/products/benga-tool-7/", 14, "product"),
    ("/sellers/", 12, "sellers"),
    ("/sellers/seller-1/", 14, "seller"),
    ("/search/?q=benga", 12, "search"),
    ("/search/?q=bengga", 12, "search that finds nothing"),
    ("/search/?q=seller&type=sellers", 12, "search of one kind"),
    ("/about-us/", 6, "page of words"),
]


def test_pages_keep_their_budgets(market, client, django_assert_max_num_queries):
    for url, most, name in BUDGETS:
        assert client.get(url).status_code == 200
        with django_assert_max_num_queries(most, info=f"{name}: {url}"):
            client.get(url)


def test_an_event_keeps_its_budget_with_a_cart_and_with_sixty_dates(market, client, django_assert_max_num_queries):
    event = make_event(market.get_children().get(slug="events"), "Every week", poster=make_image("Weekly"))
    tickets = [make_ticket(make_date(event, days=n + 1)) for n in range(60)]
    assert client.get("/events/every-week/").status_code == 200
    with django_assert_max_num_queries(12):
        client.get("/events/every-week/")
    with_cart(client, tickets[0].offer_id)
    with django_assert_max_num_queries(12):
        body = client.get("/events/every-week/").content.decode()
    assert "cart-link__count" in body


def test_a_listing_costs_the_same_whatever_its_length(market, client, django_assert_max_num_queries):
    index = market.get_children().get(slug="events")
    for n in range(30):
        make_ticket(make_date(make_event(index, f"More {n}")))
    client.get("/events/")
    with django_assert_max_num_queries(12):
        client.get("/events/")


def test_pages_are_light_before_photographs(market, client):
    static = Path(settings.STATICFILES_DIRS[0])
    for url in ("/", "/events/", "/events/benga-7/", "/products/benga-tool-7/", "/search/?q=benga"):
        body = client.get(url).content
        named = [static / name for name in _static_names(body.decode())]
        # Static files are served packed, pages themselves are not.
        weight = len(body) + sum(_packed(path.read_bytes()) for path in named)
        assert weight < 60 * 1024, f"{url}: {weight} bytes"


def _static_names(body: str) -> set[str]:
    return set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', body))


def _packed(content: bytes) -> int:
    return len(gzip.compress(content))
