"""Keeping people in the admin: by whom, how far, and that nobody is ever deleted."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

from marketplace.notifications.models import Message
from marketplace.users.models import User
from tests.factories.users import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def as_role(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


def form(user: User | None = None, **changes) -> dict:
    name = {"email": "new@example.com", "first_name": "New", "last_name": "Person", "is_active": "on"}
    known = {"email": user.email, "first_name": "A", "last_name": "B", "is_active": "on"} if user else name
    return {**known, **changes}


def test_an_admin_adds_someone_who_then_chooses_a_password():
    client = as_role("Admins")
    page = client.get("/admin/users/new/").content.decode()
    assert 'name="password1"' not in page
    client.post("/admin/users/new/", form(groups=[str(Group.objects.get(name="Support").pk)]))
    user = User.objects.get(email="new@example.com")
    assert not user.check_password("")
    assert user.groups.get().name == "Support"

    newcomer = Client()
    newcomer.post("/accounts/password/reset/", {"email": user.email})
    chosen = newcomer.get(link(user.email), follow=True).redirect_chain[-1][0]
    newcomer.post(chosen, {"password1": PASSWORD, "password2": PASSWORD})
    newcomer.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in newcomer.session, "the address is not proven yet"
    newcomer.post(link(user.email))
    newcomer.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert newcomer.get("/admin/orders/").status_code == 200


def link(email: str) -> str:
    """The link in the latest letter to someone."""
    text = Message.objects.filter(to=email, text__contains="/accounts/").latest("pk").text
    return re.search(r"https?://[^/\s]+(/accounts/\S+)", text).group(1)


def test_only_a_superuser_makes_or_changes_one():
    boss, person = make_user("boss@example.com", role="superuser"), make_user()
    client = as_role("Admins")
    client.post("/admin/users/new/", form(is_superuser="on"))
    client.post(f"/admin/users/edit/{person.pk}/", form(person, is_superuser="on"))
    client.post(f"/admin/users/edit/{boss.pk}/", form(boss, email="stolen@example.com"))
    client.post(f"/admin/bulk/users/user/set_active_state/?id={boss.pk}", {"mark_as_active": ""})
    boss.refresh_from_db()
    assert boss.email == "boss@example.com"
    assert boss.is_active
    assert list(User.objects.filter(is_superuser=True)) == [boss]
    other = as_role("superuser")
    other.post(f"/admin/users/edit/{person.pk}/", form(person, is_superuser="on"))
    person.refresh_from_db()
    assert person.is_superuser


def test_deleting_someone_empties_the_row_and_keeps_it():
    person = make_user("asha@example.com", first_name="Asha")
    as_role("superuser").post(f"/admin/users/delete/{person.pk}/")
    person.refresh_from_db()
    assert person.first_name == ""
    assert not person.is_active
    assert not person.check_password(PASSWORD)


def test_deleting_many_empties_them_all():
    people = [make_user() for _ in range(3)]
    query = "&".join(f"id={person.pk}" for person in people)
    as_role("superuser").post(f"/admin/bulk/users/user/delete/?{query}")
    assert [User.objects.get(pk=person.pk).is_active for person in people] == [False] * 3


@pytest.mark.parametrize("role", ["Admins", "Editors", "Finance", "Support"])
def test_no_role_deletes_people_or_changes_roles(role):
    person, client = make_user("asha@example.com"), as_role(role)
    client.post(f"/admin/users/delete/{person.pk}/")
    client.post(f"/admin/bulk/users/user/delete/?id={person.pk}")
    person.refresh_from_db()
    assert person.email == "asha@example.com"
    assert client.get("/admin/groups/").headers["Location"] == "/admin/"
