"""Venues: shared ones are chosen by all sellers and changed by editors; own ones belong to their seller."""

import pytest
from django.urls import reverse

from marketplace.commerce.models import Offer
from marketplace.events.models import Venue
from marketplace.sellers.models import SellerMember
from marketplace.sellers.services import join_shop
from tests.factories.commerce import make_seller
from tests.factories.events import make_date, make_event, make_ticket, make_venue
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def at(name: str, *args: int) -> str:
    return reverse(Venue.snippet_viewset.get_url_name(name), args=args)


def form(**fields) -> dict[str, str]:
    given = {"name": "Boma", "seller": "", "address": "", "city": "Kisumu", "country": "KE", "directions": ""}
    return {**given, "latitude": "", "longitude": "", **fields}


@pytest.fixture
def shop(client):
    shop = make_seller()
    user = make_user()
    join_shop(seller=shop, user=user, role=SellerMember.Role.OWNER, actor_id=None)
    client.force_login(user)
    return shop


def test_a_seller_makes_own_venues_only(client, shop):
    client.post(at("add"), form(seller=str(shop.pk)))
    client.post(at("add"), form(name="Theirs", seller=str(make_seller().pk)))
    client.post(at("add"), form(name="Nobody's"))
    assert [(venue.name, venue.seller) for venue in Venue.objects.all()] == [("Boma", shop)]


def test_a_seller_changes_own_venues_only(client, shop):
    own, shared, foreign = make_venue(seller=shop), make_venue(), make_venue(seller=make_seller())
    for venue in (own, shared, foreign):
        client.post(at("edit", venue.pk), form(name="Changed", seller=str(venue.seller_id or "")))
    assert list(Venue.objects.filter(name="Changed")) == [own]


def test_a_seller_cannot_give_a_venue_away(client, shop):
    own = make_venue(seller=shop)
    for seller in ("", str(make_seller().pk)):
        client.post(at("edit", own.pk), form(seller=seller))
        own.refresh_from_db()
        assert own.seller == shop


def test_a_venue_that_is_used_is_not_deleted(client):
    client.force_login(make_user(role="Editors"))
    venue = make_event().venue
    client.post(at("delete", venue.pk))
    assert Venue.objects.filter(pk=venue.pk).exists()


def test_a_renamed_venue_is_told_to_carts(client):
    client.force_login(make_user(role="Editors"))
    event = make_event()
    make_ticket(make_date(event))
    client.post(at("edit", event.venue_id), form(name="New Boma"))
    assert Offer.objects.get().place == "New Boma, Kisumu"


def test_places_on_earth_only(client):
    client.force_login(make_user(role="Editors"))
    answer = client.post(at("add"), form(latitude="91", longitude="200"))
    assert answer.status_code == 200
    assert not Venue.objects.exists()
