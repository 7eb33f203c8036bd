import datetime as dt

import pytest
from django.test import Client

from marketplace.audit.models import LogEntry
from marketplace.core.crypto import decrypt
from marketplace.core.ids import token
from tests.factories.licensing import a_file, a_license, a_plan, a_product, a_version
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def url(license, rest="") -> str:
    return f"/licenses/{license.token}/{rest}"


def test_the_page_says_what_was_bought_and_covers_the_key(client):
    plan = a_plan(
        term="term", term_days=365, seats=3, activation_limit=1, usage_limit=10_000, usage_unit="calls a month"
    )
    license = a_license(plan, paid_at=dt.datetime(2029, 3, 1, 9, tzinfo=dt.UTC))
    page = client.get(url(license)).content.decode()
    for words in ("Mpesa Ledger", "One shop", "until 1 March 2030", "3 people", "1 machine", "10,000 calls a month"):
        assert words in page
    assert f"SOKO-••••••••-{license.key_hint}" in page
    assert decrypt(license.key_ciphertext) not in page


def test_the_key_is_shown_on_asking_and_left_in_no_cache(client):
    license = a_license()
    response = client.post(url(license, "key/"))
    assert decrypt(license.key_ciphertext) in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert LogEntry.objects.filter(action="license.key_shown", actor_id=None).count() == 1


def test_a_logged_in_owner_is_named_in_the_log(client):
    user = make_user()
    client.force_login(user)
    client.post(url(a_license(), "key/"))
    assert LogEntry.objects.get(action="license.key_shown").actor_id == user.pk


def test_reading_alone_shows_nothing(client):
    license = a_license()
    assert client.get(url(license, "key/")).status_code == 405
    assert Client(enforce_csrf_checks=True).post(url(license, "key/")).status_code == 403
    assert not LogEntry.objects.filter(action="license.key_shown").exists()


@pytest.mark.usefixtures("still_clock")
def test_nobody_can_hammer_the_key(client):
    license = a_license()
    assert [client.post(url(license, "key/")).status_code for _ in range(11)] == [200] * 10 + [429]


@pytest.mark.parametrize("rest", ["", "key/", "files/1/"])
def test_a_guessed_link_opens_nothing_for_anybody(client, rest):
    license = a_license()
    for visitor in (None, make_user()):
        if visitor:
            client.force_login(visitor)
        for guess in (token(), str(license.pk), license.key_hint, license.token[:-1], decrypt(license.key_ciphertext)):
            address = f"/licenses/{guess}/{rest}"
            assert (client.post(address) if rest == "key/" else client.get(address)).status_code == 404


def test_it_may_not_be_indexed_or_kept_by_a_proxy(client):
    response = client.get(url(a_license()))
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "private" in response.headers["Cache-Control"]


def test_versions_are_listed_newest_first_with_checksums(client):
    plan = a_plan(a_product())
    for number in range(5):
        a_file(
            a_version(
                plan.product, f"1.{number}", released_on=dt.date(2026, 1, number + 1), changelog=f"change {number}"
            )
        )
    beta = a_version(plan.product, "2.0b1", channel="beta", released_on=dt.date(2026, 2, 1))
    file = a_file(beta, name="ledger-2.0b1.zip", platform="Linux")
    page = client.get(url(a_license(plan))).content.decode()
    assert page.index("Version 2.0b1") < page.index("Version 1.4") < page.index("Version 1.0")
    assert "3 older versions" in page
    for words in (file.sha256, "Linux", "Beta", "change 4", "ledger-2.0b1.zip"):
        assert words in page


@pytest.mark.parametrize(
    ("status", "title"), [("suspended", "This license is suspended"), ("revoked", "This license was revoked")]
)
def test_a_license_that_is_not_active_says_so_and_lists_no_downloads(client, status, title):
    plan = a_plan()
    a_file(a_version(plan.product))
    license = a_license(plan)
    license.move_to(status)
    page = client.get(url(license)).content.decode()
    assert title in page
    assert "ledger.zip" not in page
    assert ("Show key" in page) == (status == "suspended")
    assert client.post(url(license, "key/")).status_code == (200 if status == "suspended" else 403)


def test_the_page_costs_few_queries_however_many_files(client, django_assert_max_num_queries):
    plan = a_plan()
    for number in range(6):
        version = a_version(plan.product, f"1.{number}")
        for name in ("a.zip", "b.zip", "c.zip"):
            a_file(version, name=name)
    license = a_license(plan)
    client.get(url(license))
    with django_assert_max_num_queries(8):
        client.get(url(license))
