"""There is one way into the admin, the accounts', and it asks for a proven address and for the second factor."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client

from tests.factories.users import PASSWORD, make_user

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def boss(db):
    return make_user("boss@example.com", role="superuser")


@pytest.mark.parametrize("way", ["/admin/", "/admin/pages/", "/admin/reports/site-history/?p=2"])
def test_the_way_in_leads_through_the_accounts_and_back(client, boss, way):
    response = client.get(way, follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/")
    response = client.post("/accounts/login/", {"login": boss.email, "password": PASSWORD, "next": way})
    assert response.headers["Location"] == way


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/login/?next=/admin/pages/"])
def test_wagtails_own_login_takes_no_password(client, boss, path):
    form = {"username": boss.email, "password": PASSWORD}
    for response in (client.get(path), client.post(path, form)):
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/login/?next=%2Fadmin%2F")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["", "done/", "confirm/MQ/set-password/", "complete/"])
def test_wagtails_own_password_pages_lead_to_the_accounts(client, path):
    for ask in (client.get, client.post):
        assert ask(f"/admin/password_reset/{path}").headers["Location"] == "/accounts/password/reset/"


def test_login_next_from_the_admin_never_leads_elsewhere(client, boss):
    start = client.get("/admin/login/?next=https://evil.example/").headers["Location"]
    assert start == "/accounts/login/?next=https%3A%2F%2Fevil.example%2F"
    response = client.post(start, {"login": boss.email, "password": PASSWORD})
    assert "evil.example" not in response.headers["Location"]


def test_with_a_second_factor_the_password_alone_opens_nothing(client, boss):
    TOTP.activate(boss, generate_totp_secret())
    response = client.post("/accounts/login/", {"login": boss.email, "password": PASSWORD, "next": "/admin/"})
    assert response.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/admin/").status_code == 302
    assert client.post("/admin/login/", {"username": boss.email, "password": PASSWORD}).status_code == 302
    assert client.get("/admin/").headers["Location"].startswith("/accounts/login/")


def test_an_unproven_address_does_not_pass_even_with_a_session(client, boss):
    client.force_login(boss, BACKEND)
    assert client.get("/admin/").status_code == 200
    EmailAddress.objects.filter(user=boss).update(verified=False)
    response = client.get("/admin/")
    assert response.status_code == 403
    assert "Confirm your address" in response.content.decode()
    EmailAddress.objects.filter(user=boss).delete()
    assert client.get("/admin/pages/").status_code == 403


def test_an_unproven_address_cannot_log_in(client):
    user = make_user("new@example.com", role="superuser", verified=False)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_buyer_is_told_no_and_not_sent_round_in_circles(client):
    buyer = make_user()
    client.force_login(buyer, BACKEND)
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/login/", follow=True).redirect_chain[-1][0] == "/admin/"


def test_logging_out_of_the_admin_logs_out_everywhere(boss):
    client = Client()
    client.force_login(boss, BACKEND)
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


def test_wagtails_account_page_changes_neither_password_nor_address(client, boss):
    client.force_login(boss, BACKEND)
    page = client.get("/admin/account/").content.decode()
    assert 'name="password' not in page
    assert 'name="name_email-email"' not in page
    client.post("/admin/account/", {"name_email-email": "thief@example.com", "password-new_password1": "x" * 12})
    boss.refresh_from_db()
    assert boss.email == "boss@example.com"
    assert boss.check_password(PASSWORD)
