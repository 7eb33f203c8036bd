import pytest
import time_machine
from django.test import override_settings
from wagtail.models import PageViewRestriction

from home.tasks import publish_scheduled
from marketplace.core import clock
from tests.factories.storefront import make_home, make_standard

pytestmark = pytest.mark.django_db


def test_robots_may_read_the_shop_but_not_carts_and_orders(client):
    body = client.get("/robots.txt").content.decode()
    assert "Disallow: /orders/" in body
    assert "Disallow: /\n" not in body
    assert "Sitemap: http://localhost:8000/sitemap.xml" in body


@override_settings(ROBOTS_ALLOWED=False)
def test_staging_is_not_listed_at_all(client):
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"


@override_settings(SITE_URL="https://soko.example")
def test_the_sitemap_lists_what_everyone_may_see_at_the_public_address(client):
    home = make_home()
    make_standard(home)
    make_standard(home, "Draft", live=False)
    closed = make_standard(home, "Members")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    body = client.get("/sitemap.xml").content.decode()
    assert "<loc>https://soko.example/</loc>" in body
    assert "<loc>https://soko.example/about-us/</loc>" in body
    assert "draft" not in body
    assert "members" not in body


def test_pages_are_published_when_their_hour_has_come(client):
    page = make_standard(make_home(), live=False)
    page.go_live_at = clock.in_seconds(60)
    page.save_revision().publish()
    assert client.get("/about-us/").status_code == 404
    with time_machine.travel(clock.in_seconds(61)):
        publish_scheduled()
        assert client.get("/about-us/").status_code == 200
