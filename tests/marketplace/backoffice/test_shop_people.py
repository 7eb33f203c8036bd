"""Saying in the admin who acts for a seller."""

import pytest
from django.test import Client

from marketplace.audit.models import LogEntry
from marketplace.sellers.selectors import acts_for
from marketplace.sellers.services import open_shop
from marketplace.users.models import User
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return open_shop(name="Baobab", slug="baobab", owner=None, actor_id=None)


def as_role(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


def test_someone_is_added_and_removed_again(shop):
    client, person = as_role("Admins"), make_user("asha@example.com")
    url = f"/admin/shop-people/{shop.pk}/"
    assert url in client.get("/admin/snippets/sellers/seller/").content.decode()
    client.post(url, {"email": "Asha@Example.com", "role": "owner"})
    assert acts_for(person, shop.pk)
    assert User.objects.get(pk=person.pk).has_perm("wagtailadmin.access_admin")
    assert "asha@example.com" in client.get(url).content.decode()
    client.post(url, {"remove": str(shop.members.get().pk)})
    assert not acts_for(person, shop.pk)
    assert not User.objects.get(pk=person.pk).has_perm("wagtailadmin.access_admin")
    assert {e.action for e in LogEntry.objects.all()} >= {"seller.joined", "seller.left"}


@pytest.mark.parametrize("email", ["nobody@example.com", "not-an-address", ""])
def test_a_wrong_address_is_said_and_kept(shop, email):
    response = as_role("Admins").post(f"/admin/shop-people/{shop.pk}/", {"email": email, "role": "owner"})
    assert response.status_code == 200
    assert f'value="{email}"' in response.content.decode() or not email
    assert not shop.members.exists()


@pytest.mark.parametrize("data", [{"remove": "x"}, {"remove": "999999"}, {"email": "a@example.com", "role": "king"}])
def test_nonsense_changes_nothing(shop, data):
    make_user("a@example.com")
    assert as_role("Admins").post(f"/admin/shop-people/{shop.pk}/", data).status_code in (200, 404)
    assert not shop.members.exists()


def test_members_of_other_shops_stay(shop):
    other = open_shop(name="Savanna", slug="savanna", owner=make_user(), actor_id=None)
    response = as_role("Admins").post(f"/admin/shop-people/{shop.pk}/", {"remove": str(other.members.get().pk)})
    assert response.status_code == 404
    assert other.members.exists()


@pytest.mark.parametrize("role", ["Editors", "Finance", "Support", "Sellers"])
def test_nobody_else_says_who_acts_for_a_seller(shop, role):
    make_user("a@example.com")
    client = as_role(role)
    assert client.post(f"/admin/shop-people/{shop.pk}/", {"email": "a@example.com", "role": "owner"}).status_code == 302
    assert not shop.members.exists()
