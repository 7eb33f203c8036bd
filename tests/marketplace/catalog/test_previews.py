"""Previews: every page type shows itself before it is published, even before it is saved."""

import pytest
from wagtail.models import Page

from marketplace.catalog.models import SellerIndexPage, SellerPage
from marketplace.events.models import EventPage
from marketplace.products.models import ProductPage
from tests.factories.commerce import make_seller
from tests.factories.events import make_date, make_event, make_event_index, make_ticket, the_home
from tests.factories.products import make_plan, make_product, make_product_index

pytestmark = pytest.mark.django_db


def pages() -> list[Page]:
    event, product = make_event(live=False), make_product(live=False)
    make_ticket(make_date(event))
    make_plan(product)
    sellers = the_home().add_child(instance=SellerIndexPage(title="Sellers"))
    seller = sellers.add_child(instance=SellerPage(title="Ziwa", seller=make_seller()))
    return [event, product, make_event_index(), make_product_index(), sellers, seller]


def test_every_saved_page_previews():
    for page in pages():
        answer = page.make_preview_request()
        assert answer.status_code == 200, page
        assert page.title in answer.content.decode(), page


def test_a_page_that_was_never_saved_previews():
    for model, shelf in ((EventPage, make_event_index()), (ProductPage, make_product_index())):
        page = model(title="Not yet", slug="not-yet", seller=make_seller())
        page.set_url_path(shelf)
        page.locale = shelf.locale
        answer = page.make_preview_request()
        assert answer.status_code == 200
        assert "Not yet" in answer.content.decode()


def test_a_seller_has_one_page_in_a_language():
    sellers = the_home().add_child(instance=SellerIndexPage(title="Sellers"))
    shop = make_seller()
    sellers.add_child(instance=SellerPage(title="Ziwa", seller=shop))
    with pytest.raises(Exception, match="has a page already"):
        sellers.add_child(instance=SellerPage(title="Ziwa again", seller=shop))
