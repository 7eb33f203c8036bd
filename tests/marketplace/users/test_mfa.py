"""The second step: who must have one, how it is set up, and the fresh proof that money asks for."""

import time

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache

from marketplace.users.models import User
from tests.factories.users import PASSWORD, make_user

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _fresh_limits(settings):
    cache.clear()
    settings.MFA_TOTP_TOLERANCE = 1  # a code is made here and sent a moment later: half a minute may end in between


@pytest.fixture
def _as_in_production(settings):
    settings.MFA_REQUIRED_ROLES = ["Finance", "Admins"]


def code_of(secret: str, *, ahead: int = 0) -> str:
    """What an authenticator app shows; a code is good once, so a second use asks for the next one."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def prove(client, *, password: str = PASSWORD, back: str = "/"):
    return client.post(f"/accounts/reauthenticate/?next={back}", {"password": password})


@pytest.mark.usefixtures("_as_in_production")
@pytest.mark.parametrize("role", ["Finance", "Admins", "superuser"])
def test_who_can_move_money_does_not_enter_by_password_alone(client, role):
    client.force_login(make_user(role=role), BACKEND)
    for ask in (client.get, client.post):
        assert ask("/admin/").headers["Location"] == "/accounts/second-step/?next=%2Fadmin%2F"
    page = client.get("/admin/payments/?status=failed", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/second-step/?next=%2Fadmin%2Fpayments%2F%3Fstatus%3Dfailed"
    assert "/accounts/2fa/totp/activate/" in page.content.decode()


@pytest.mark.usefixtures("_as_in_production")
@pytest.mark.parametrize("role", ["Editors", "Sellers", "Support"])
def test_other_roles_enter_without_one(client, role):
    client.force_login(make_user(role=role), BACKEND)
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("_as_in_production")
def test_recovery_codes_alone_are_no_second_step(client):
    user = make_user(role="Finance")
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0})
    client.force_login(user, BACKEND)
    assert client.get("/admin/").status_code == 302


def test_the_demo_asks_for_none(client):
    client.force_login(make_user(role="Admins"), BACKEND)
    assert client.get("/admin/").status_code == 200


def test_production_asks_for_one_unless_told_otherwise():
    from config.env import read

    assert read({})["MFA_REQUIRED_ROLES"] == ["Finance", "Admins"]


@pytest.mark.usefixtures("_as_in_production")
def test_setting_up_an_app_leads_back_into_the_admin(client):
    user = make_user(role="Finance")
    client.force_login(user, BACKEND)
    client.get("/admin/ledger/", follow=True)
    assert client.get("/accounts/2fa/totp/activate/").headers["Location"].startswith("/accounts/reauthenticate/")
    prove(client, back="/accounts/2fa/totp/activate/")
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    assert secret in page.content.decode()
    assert client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    assert done.redirect_chain[-1][0] == "/accounts/2fa/recovery-codes/"
    assert 'href="/admin/ledger/"' in done.content.decode()
    assert client.get("/admin/ledger/").status_code == 200
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored, "a leaked table opens nothing"


def test_secrets_from_before_they_were_encrypted_still_work(client):
    user, secret = make_user(), generate_totp_secret()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    "path", ["", "totp/activate/", "webauthn/", "webauthn/add/", "recovery-codes/", "recovery-codes/generate/"]
)
def test_every_page_of_the_second_step_wears_the_sites_face(client, path):
    user = make_user()
    if path.startswith("recovery"):
        TOTP.activate(user, secret := generate_totp_secret())
        RecoveryCodes.activate(user)
    client.force_login(user, BACKEND)
    prove(client) if "recovery" not in path else client.post(
        "/accounts/2fa/reauthenticate/?next=/", {"code": code_of(secret)}
    )
    page = client.get(f"/accounts/2fa/{path}")
    assert page.status_code == 200
    content = page.content.decode()
    assert 'class="account-nav"' in content
    assert "style=" not in content.replace("data:image/svg+xml", ""), "the policy forbids inline style"


@pytest.mark.urls("tests.marketplace.users.guarded_urls")
class TestFreshProof:
    @pytest.fixture
    def user(self, client) -> User:
        user = make_user(role="Finance")
        client.force_login(user, BACKEND)
        return user

    @pytest.mark.parametrize("page", ["/guarded/", "/guarded-too/"])
    def test_an_open_session_is_asked_and_comes_back(self, client, user, page):
        asked = client.get(f"{page}?row=7")
        assert asked.headers["Location"] == f"/accounts/reauthenticate/?next={page.replace('/', '%2F')}%3Frow%3D7"
        assert prove(client, password="wrong", back=page).status_code == 200
        assert client.get(page).status_code == 302
        assert prove(client, back=page).headers["Location"] == page
        assert client.get(page).status_code == 200

    @pytest.mark.usefixtures("user")
    def test_it_is_old_after_five_minutes(self, client):
        prove(client)
        session = client.session
        session["account_authentication_methods"][-1]["at"] -= 301
        session.save()
        assert client.get("/guarded/").status_code == 302

    @pytest.mark.usefixtures("user")
    def test_what_was_typed_waits_and_nothing_was_done(self, client):
        asked = client.post("/guarded/", {"reason": "numbers agree", "secret": "hunter2"})
        assert asked.status_code == 302
        assert "hunter2" not in str(dict(client.session))
        prove(client, back="/guarded/")
        assert client.get("/guarded/").content == b"GET passed, typed: numbers agree"
        assert client.get("/guarded/").content == b"GET passed, typed: nothing"

    def test_who_has_a_second_step_proves_it_with_that(self, client, user):
        TOTP.activate(user, secret := generate_totp_secret())
        assert client.get("/guarded/").headers["Location"].startswith("/accounts/2fa/reauthenticate/")
        refused = prove(client, back="/guarded/")
        assert refused.headers["Location"].startswith("/accounts/2fa/reauthenticate/"), "the password is not offered"
        assert client.get("/guarded/").status_code == 302
        client.post("/accounts/2fa/reauthenticate/?next=/guarded/", {"code": code_of(secret)})
        assert client.get("/guarded/").status_code == 200

    def test_an_account_with_nothing_to_prove_itself_by_is_refused(self, client, user):
        user.set_unusable_password()
        user.save()
        client.force_login(user, BACKEND)
        assert client.get("/guarded/").status_code == 403

    def test_visitors_are_refused(self, client):
        assert client.get("/guarded/").status_code == 403


class TestSecurityKeys:
    """What needs no browser; the ceremonies are in `tests/journeys/test_security_key.py`."""

    @pytest.fixture
    def options(self, client, settings):
        """What a browser is told when a key is to be added, the request bearing any name of the site."""

        def ask(site_url: str, host: str):
            settings.SITE_URL, settings.ALLOWED_HOSTS = site_url, ["*"]
            client.force_login(make_user(), BACKEND)
            prove_at = "/accounts/reauthenticate/?next=/accounts/2fa/webauthn/add/"
            page = client.post(prove_at, {"password": PASSWORD}, follow=True, headers={"host": host})
            return page.context["js_data"]["creation_options"]["publicKey"]

        return ask

    @pytest.mark.parametrize(
        ("site_url", "host", "belongs_to"),
        [("https://sokoni.example", "sokoni.example", "sokoni.example"),
         ("https://sokoni.example", "www.sokoni.example", "sokoni.example"),
         ("https://shop.sokoni.example:8443", "internal", "shop.sokoni.example"),
         ("http://localhost:8000", "127.0.0.1:8000", "localhost")],
    )  # fmt: skip
    def test_keys_belong_to_the_public_address(self, options, site_url, host, belongs_to):
        assert dict(options(site_url, host)["rp"]) == {"id": belongs_to, "name": "Sokoni"}

    def test_who_has_a_key_is_asked_for_it_first_and_may_use_a_code(self, rf):
        user = make_user(role="Finance")
        TOTP.activate(user, generate_totp_secret())
        Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "My key"})
        found = get_adapter(rf.get("/")).get_reauthentication_methods(user)
        assert [method["url"] for method in found] == [
            "/accounts/2fa/webauthn/reauthenticate/", "/accounts/2fa/reauthenticate/"
        ]  # fmt: skip

    def test_without_a_key_nobody_is_asked_for_one(self, client):
        user = make_user()
        TOTP.activate(user, generate_totp_secret())
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        page = client.get("/accounts/2fa/authenticate/").content.decode()
        assert 'name="code"' in page
        assert "security key" not in page

    def test_keys_are_called_something_until_named(self):
        user = make_user()
        adapter, kind = get_mfa_adapter(), Authenticator.Type.WEBAUTHN
        assert adapter.generate_authenticator_name(user, kind) == "My key"
        Authenticator.objects.create(user=user, type=kind, data={"name": "My key"})
        assert adapter.generate_authenticator_name(user, kind) == "Key 2"
