"""Closing an account erases the person and keeps the number."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from marketplace.audit.models import LogEntry
from marketplace.audit.services import record
from marketplace.core import outbox
from marketplace.users.models import User
from marketplace.users.services import anonymize
from tests.factories.users import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def test_nothing_personal_is_left_and_the_log_keeps_the_number():
    user = make_user("asha@example.com", first_name="Asha", last_name="Otieno", phone="+254712345678")
    record(action="test.done", target=user, actor_id=user.pk)
    anonymize(user_id=user.pk, actor_id=None)
    row = User.objects.filter(pk=user.pk).values().get()
    assert not {"asha", "otieno", "254712345678"} & set(str(row).lower().replace("'", " ").replace("@", " ").split())
    assert row["email"].endswith(".invalid")
    assert not EmailAddress.objects.exists()
    assert LogEntry.objects.get(action="test.done").actor_id == user.pk


def test_open_sessions_end_and_nobody_logs_in_again(client):
    user = make_user("asha@example.com")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/accounts/password/change/").status_code == 200
    anonymize(user_id=user.pk, actor_id=None)
    assert client.get("/accounts/password/change/").status_code == 302
    erased = User.objects.get(pk=user.pk)
    for email in ("asha@example.com", erased.email):
        answer = Client().post("/accounts/login/", {"login": email, "password": PASSWORD})
        assert "_auth_user_id" not in answer.client.session


def test_it_is_logged_once_however_often_it_is_asked_or_delivered():
    user = make_user()
    for _ in range(2):
        anonymize(user_id=user.pk, actor_id=7)
    outbox.drain()
    entry = LogEntry.objects.get(action="user.anonymized")
    assert (entry.target_id, entry.actor_id) == (str(user.pk), 7)


def test_the_freed_address_may_sign_up_again(client):
    anonymize(user_id=make_user("asha@example.com").pk, actor_id=None)
    form = {"email": "asha@example.com", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", form)
    assert User.objects.filter(email="asha@example.com").count() == 1


def test_closing_asks_for_the_password_and_for_a_second_look(client):
    user = make_user("asha@example.com")
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/accounts/close/").headers["Location"].startswith("/accounts/reauthenticate/?next=")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/close/"})
    assert client.get("/accounts/close/").status_code == 200
    user.refresh_from_db()
    assert user.is_active
    assert client.post("/accounts/close/").headers["Location"] == "/"
    user.refresh_from_db()
    assert not user.is_active
    assert "_auth_user_id" not in client.session


def test_someone_of_the_back_office_does_not_vanish_from_it(client):
    user = make_user("boss@example.com", role="superuser")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/close/").status_code == 409
    user.refresh_from_db()
    assert user.is_active
