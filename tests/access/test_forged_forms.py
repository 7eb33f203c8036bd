"""A chooser shows own things only; a form posted by hand may carry any id. Every field refuses what is foreign."""

import json

import pytest
from bs4 import BeautifulSoup
from wagtail.test.utils.form_data import nested_form_data, streamfield

from marketplace.events.models import EventPage, Venue
from tests.access.conftest import World


def posted(client, url: str, **changes) -> dict:
    """What a browser would send back from the form at `url`, with changes made by hand."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    data = {}
    for field in page.main.find_all(["input", "textarea", "select"]):
        name = field.get("name")
        if not name or (field.get("type") in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            data[name] = chosen.get("value", "") if chosen else ""
        else:
            data[name] = field.get("value", "") if field.name == "input" else field.text
    return {**data, **nested_form_data({"body": streamfield([])}), **changes}


def body(kind: str, value) -> dict:
    return nested_form_data({"body": streamfield([(kind, value)])})


def picture(image) -> dict:
    return body("picture", {"image": {"image": str(image.pk), "alt_text": "x", "decorative": ""}, "caption": ""})


def text(page) -> dict:
    """A paragraph with a link to the page, in the editor's own notation."""
    link = {"type": "LINK", "mutability": "MUTABLE", "data": {"id": page.pk, "parentId": 1, "url": "/x"}}
    words = {
        "key": "a", "text": "here", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "data": {},
        "entityRanges": [{"offset": 0, "length": 4, "key": 0}],
    }  # fmt: skip
    return body("text", json.dumps({"entityMap": {"0": link}, "blocks": [words]}))


@pytest.fixture
def seller(world: World):
    return world.client("Sellers")


def draft_of(event) -> EventPage:
    return EventPage.objects.get(pk=event.pk).get_latest_revision_as_object()


def test_the_form_as_it_stands_can_be_saved(world: World, seller):
    url = f"/admin/pages/{world.own.event.pk}/edit/"
    response = seller.post(url, posted(seller, url, summary="Changed by its seller"))
    assert response.status_code == 302, response.context["form"].errors
    assert draft_of(world.own.event).summary == "Changed by its seller"


@pytest.mark.parametrize("field", ["seller", "venue", "poster"])
def test_no_field_of_a_page_takes_what_is_foreign(world: World, seller, field):
    url = f"/admin/pages/{world.own.event.pk}/edit/"
    foreign = {"seller": world.foreign.seller, "venue": world.foreign.venue, "poster": world.foreign.image}[field]
    before = getattr(draft_of(world.own.event), f"{field}_id")
    response = seller.post(url, posted(seller, url, **{field: str(foreign.pk)}))
    assert response.status_code == 200
    assert getattr(draft_of(world.own.event), f"{field}_id") == before != foreign.pk
    assert world.foreign.mark not in response.content.decode()


def test_no_new_page_is_made_for_a_foreign_seller(world: World, seller):
    shelf = world.own.event.get_parent().pk
    url = f"/admin/pages/add/events/eventpage/{shelf}/"
    count = EventPage.objects.count()
    data = posted(seller, url, title="Forged", slug="forged", seller=str(world.foreign.seller.pk))
    assert seller.post(url, data).status_code == 200
    assert EventPage.objects.count() == count
    data["seller"] = str(world.own.seller.pk)
    assert seller.post(url, data).status_code == 302
    assert EventPage.objects.get(title="Forged").seller == world.own.seller


def test_a_seller_publishes_own_pages_at_once_and_later(world: World, seller):
    shelf = world.own.event.get_parent().pk
    url = f"/admin/pages/add/events/eventpage/{shelf}/"
    mine = {"seller": str(world.own.seller.pk), "venue": str(world.own.venue.pk)}
    data = posted(seller, url, title="At once", slug="at-once", **mine)
    response = seller.post(url, {**data, "action-publish": "1"})
    assert response.status_code == 302, response.context["form"].errors
    page = EventPage.objects.get(title="At once")
    assert page.live
    seller.post(f"/admin/pages/{page.pk}/unpublish/")
    page.refresh_from_db()
    assert not page.live
    url = f"/admin/pages/{page.pk}/edit/"
    seller.post(url, posted(seller, url, **{"action-publish": "1"}))
    page.refresh_from_db()
    assert page.live


def test_no_story_shows_a_foreign_picture_or_links_to_a_foreign_draft(world: World, seller):
    url = f"/admin/pages/{world.own.event.pk}/edit/"
    for forged in (picture(world.foreign.image), text(world.foreign.draft), text(world.foreign.event)):
        response = seller.post(url, {**posted(seller, url), **forged})
        assert response.headers["Location"] == "/admin/"
    for honest in (picture(world.own.image), text(world.own.product)):
        assert seller.post(url, {**posted(seller, url), **honest}).status_code == 302


def test_a_venue_stays_with_its_seller(world: World, seller):
    url = f"/admin/snippets/events/venue/edit/{world.own.venue.pk}/"
    response = seller.post(url, posted(seller, url, seller=str(world.foreign.seller.pk)))
    assert Venue.objects.get(pk=world.own.venue.pk).seller == world.own.seller
    assert response.status_code == 200


def test_a_seller_sets_neither_its_own_fee_nor_its_own_seal(world: World, seller):
    url = f"/admin/snippets/sellers/seller/edit/{world.own.seller.pk}/"
    data = posted(seller, url, tagline="Fresh", fee_basis_points="0", verified="on", slug="stolen", name="Other")
    assert seller.post(url, data).status_code == 302
    row = type(world.own.seller).objects.get(pk=world.own.seller.pk)
    assert (row.tagline, row.fee_basis_points, row.verified, row.name) == ("Fresh", 500, False, world.own.seller.name)


def test_files_go_to_the_sellers_own_collection(world: World, seller):
    url = f"/admin/images/{world.own.image.pk}/"
    data = posted(seller, url, title="Renamed", collection=str(world.foreign.seller.collection_id))
    seller.post(url, data)
    image = type(world.own.image).objects.get(pk=world.own.image.pk)
    assert image.collection_id == world.own.seller.collection_id
