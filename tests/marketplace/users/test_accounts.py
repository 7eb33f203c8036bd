"""Accounts over HTTP: sign up, confirm, log in, forget, change. The mails are real rows, the links are followed."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from marketplace.notifications.models import Message
from marketplace.users.models import User
from tests.factories.users import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def log_in(client: Client, email: str, password: str = PASSWORD, **extra):
    return client.post("/accounts/login/", {"login": email, "password": password, **extra})


def link_in(message: Message) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", message.text).group(1)


def letter(to: str) -> Message:
    return Message.objects.filter(to=to).latest("pk")


def test_sign_up_confirm_and_log_in(client):
    form = {"email": "Asha@Example.com", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", form).headers["Location"] == "/accounts/confirm-email/"
    user = User.objects.get()
    assert user.email == "asha@example.com"
    assert EmailAddress.objects.get().email == "asha@example.com"
    refused = log_in(Client(), "asha@example.com")
    assert refused.headers["Location"] == "/accounts/confirm-email/"

    link = link_in(Message.objects.filter(to="asha@example.com").earliest("pk"))
    assert EmailAddress.objects.get(user=user).verified is False
    assert "asha@example.com" in client.get(link).content.decode()
    assert EmailAddress.objects.get(user=user).verified is False, "a mail scanner that opens links confirms nothing"
    client.post(link)
    assert EmailAddress.objects.get(user=user).verified is True
    visitor = Client()
    assert log_in(visitor, "ASHA@example.com").status_code == 302
    assert visitor.session["_auth_user_id"] == str(user.pk)


def test_signing_up_with_a_known_address_looks_like_any_other(client):
    make_user("known@example.com")
    form = {"email": "known@example.com", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", form).headers["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == 1
    assert "already" in letter("known@example.com").subject


def test_a_forgotten_password_is_replaced(client):
    make_user("asha@example.com")
    client.post("/accounts/password/reset/", {"email": "asha@example.com"})
    page = client.get(link_in(letter("asha@example.com")), follow=True)
    url = page.redirect_chain[-1][0]
    client.post(url, {"password1": "another-secret-entirely", "password2": "another-secret-entirely"})
    assert "_auth_user_id" not in log_in(Client(), "asha@example.com").client.session
    assert "_auth_user_id" in log_in(Client(), "asha@example.com", "another-secret-entirely").client.session


def test_resetting_an_unknown_address_reveals_nothing(client):
    make_user("asha@example.com")
    known = client.post("/accounts/password/reset/", {"email": "asha@example.com"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


def test_changing_the_password_and_logging_out(client):
    make_user("asha@example.com")
    log_in(client, "asha@example.com")
    new = {"oldpassword": PASSWORD, "password1": "another-secret-entirely", "password2": "another-secret-entirely"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    assert "password" in letter("asha@example.com").subject.lower(), "the owner is told"
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session
    assert "_auth_user_id" in log_in(Client(), "asha@example.com", "another-secret-entirely").client.session


def test_a_new_address_counts_only_once_confirmed(client):
    user = make_user("old@example.com")
    log_in(client, "old@example.com")
    client.post("/accounts/email/", {"email": "new@example.com", "action_add": "1"})
    user.refresh_from_db()
    assert user.email == "old@example.com"
    client.post(link_in(letter("new@example.com")))
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.com"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_log_in_never_leads_elsewhere(client, target):
    make_user("asha@example.com")
    response = log_in(client, "asha@example.com", next=target)
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/"


def test_log_in_leads_back_to_where_one_was(client):
    make_user("asha@example.com")
    assert log_in(client, "asha@example.com", next="/search/?q=jazz").headers["Location"] == "/search/?q=jazz"


def test_links_in_mails_ignore_the_host_header(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_user("asha@example.com")
    client.post("/accounts/password/reset/", {"email": "asha@example.com"}, headers={"host": "evil.example"})
    assert "evil.example" not in letter("asha@example.com").text
    assert settings.SITE_URL in letter("asha@example.com").text


def test_guessing_passwords_is_slowed_down(client):
    make_user("asha@example.com")
    for _ in range(6):
        log_in(client, "asha@example.com", "wrong-password")
    refused = log_in(client, "asha@example.com")
    assert "_auth_user_id" not in client.session
    assert refused.status_code == 200
    assert "Too many failed" in refused.content.decode()


@pytest.mark.parametrize("page", ["login", "signup", "logout", "password/reset", "confirm-email"])
def test_pages_are_kept_out_of_search_engines(client, page):
    response = client.get(f"/accounts/{page}/", follow=True)
    assert response.status_code == 200
    if response.redirect_chain:
        return
    assert 'name="robots" content="noindex"' in response.content.decode()


def test_every_mail_of_allauth_can_be_rendered(rf):
    """Those we do not write ourselves too: their order of variables is allauth's, not ours."""
    from pathlib import Path

    import allauth
    from allauth.core import context
    from django.contrib.auth.models import AnonymousUser

    from marketplace.notifications.accounts import AccountAdapter

    user = make_user("asha@example.com")
    request = rf.get("/")
    request.user = AnonymousUser()
    folder = Path(allauth.__file__).parent / "templates"
    prefixes = [
        str(path.relative_to(folder)).removesuffix("_subject.txt")
        for path in sorted(folder.glob("*/email/*_subject.txt"))
        if path.parts[-3] in ("account", "mfa")
    ]
    assert len(prefixes) > 10
    with context.request_context(request):
        for number, prefix in enumerate(prefixes):
            AccountAdapter(request).send_mail(
                prefix, f"m{number}@example.com", {"user": user, "activate_url": "https://x.example/a"}
            )
    assert Message.objects.count() == len(prefixes)
    assert all(m.subject and m.text and "{{" not in m.text for m in Message.objects.all())
