"""The storefront runs under the strict content policy, the admin under its own, wherever a response comes from."""

import pytest

from tests.factories.users import make_user

pytestmark = pytest.mark.django_db
HEADER = "Content-Security-Policy"


def policy(response) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in response.headers[HEADER].split(";"))


def test_the_storefront_allows_no_inline_script(client):
    for path in ("/accounts/login/", "/healthz/live", "/nowhere/"):
        found = policy(client.get(path))
        assert found["script-src"] == "'self'"
        assert found["style-src"] == "'self'"
        assert found["default-src"] == "'none'"


def test_the_admin_allows_inline_but_neither_eval_nor_strangers(client):
    client.force_login(make_user(role="superuser"))
    for path in ("/admin/", "/admin/pages/", "/admin/orders/", "/admin/nowhere/"):
        found = policy(client.get(path))
        assert found["script-src"] == "'self' 'unsafe-inline'"
        assert found["default-src"] == "'none'"
        assert found["object-src"] == "'none'"
        assert "http:" not in client.get(path).headers[HEADER].replace("https:", "")


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/password_reset/"])
def test_it_is_there_before_anyone_logged_in(client, path):
    assert "'unsafe-inline'" in policy(client.get(path))["script-src"]


def test_who_is_turned_away_gets_it_too(client):
    client.force_login(make_user())
    response = client.get("/admin/")
    assert response.status_code == 403
    assert HEADER in response.headers
