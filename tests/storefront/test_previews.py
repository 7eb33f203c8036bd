"""Every page type can be previewed: published, and while it is being written and has never been saved."""

from typing import Any

import pytest
from wagtail.models import Locale, Page

from home.models import HomeCity, HomePage, StandardPage
from marketplace.catalog.models import SellerIndexPage, SellerPage
from marketplace.events.models import EventIndexPage, EventPage
from marketplace.products.models import ProductIndexPage, ProductPage, ProductScreenshot
from tests.factories.commerce import make_seller
from tests.factories.storefront import make_home, make_image, make_venue

pytestmark = pytest.mark.django_db

TYPES = [HomePage, StandardPage, EventIndexPage, EventPage, ProductIndexPage, ProductPage, SellerIndexPage, SellerPage]


def written(model: type[Page]) -> Page:
    """As an editor has typed it."""
    fields: dict[str, Any] = {"title": "Being written", "slug": "being-written", "locale": Locale.get_default()}
    if model in (EventPage, ProductPage, SellerPage):
        fields["seller"] = make_seller()
    if model in (EventPage, ProductPage):
        fields["poster"] = make_image()
    if model is EventPage:
        fields["venue"] = make_venue()
    page = model(**fields)
    if model is ProductPage:
        page.screenshots.add(ProductScreenshot(image=make_image("Shot"), alt="The till"))
    if model is HomePage:
        page.cities.add(HomeCity(name="Kisumu"))
    return page


def preview(page: Page) -> str:
    response = page.make_preview_request()
    assert response.status_code == 200
    return response.render().content.decode() if hasattr(response, "render") else response.content.decode()


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_a_page_never_saved_can_be_previewed(model):
    parent = make_home()
    page = written(model)
    # As Wagtail's own preview of a new page places it.
    page.set_url_path(parent)
    page.depth, page.path = parent.depth + 1, Page._get_children_path_interval(parent.path)[1]
    assert "Being written" in preview(page)


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_changes_not_yet_saved_are_in_the_preview(model):
    page = make_home().add_child(instance=written(model))
    page = page.get_latest_revision_as_object() if page.latest_revision else model.objects.get(pk=page.pk)
    page.title = "Changed my mind"
    assert "Changed my mind" in preview(page)
