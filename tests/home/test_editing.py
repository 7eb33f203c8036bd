import json

import pytest
from django.test import Client
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Site

from home.blocks import LinkBlock
from home.models import SiteSettings
from tests.factories.storefront import make_events, make_home, make_standard
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    browser = Client()
    browser.force_login(make_user(role="Editors"))
    return browser


def test_the_home_page_and_the_settings_can_be_edited(editor):
    home = make_home()
    make_events(home)
    for url in (f"/admin/pages/{home.pk}/edit/", f"/admin/settings/home/sitesettings/{Site.objects.get().pk}/"):
        response = editor.get(url)
        assert response.status_code == 200, url


def test_a_menu_is_changed_in_the_admin_and_shows_at_once(editor, client):
    home = make_home()
    about = make_standard(home)
    assert client.get("/").context["primary_nav"] == []
    link = {"type": "link", "value": {"label": "", "page": about.pk, "url": ""}, "id": "1"}
    fields = {
        "name": "Soko",
        "primary_menu-count": "1",
        "primary_menu-0-deleted": "",
        "primary_menu-0-order": "0",
        "primary_menu-0-type": "link",
        "primary_menu-0-id": "",
        "primary_menu-0-value-label": "",
        "primary_menu-0-value-page": str(about.pk),
        "primary_menu-0-value-url": "",
        "footer_menu-count": "0",
    }
    response = editor.post(f"/admin/settings/home/sitesettings/{Site.objects.get().pk}/", fields)
    assert response.status_code == 302
    saved = json.loads(json.dumps(list(SiteSettings.objects.get().primary_menu.raw_data)))
    assert saved[0]["value"] == link["value"]
    assert [item["label"] for item in client.get("/").context["primary_nav"]] == ["About us"]


@pytest.mark.parametrize(
    ("value", "bad"),
    [
        ({"label": "x", "page": None, "url": "/events/"}, None),
        ({"label": "x", "page": None, "url": ""}, "page"),
        ({"label": "x", "page": None, "url": "javascript:alert(1)"}, "url"),
        ({"label": "", "page": None, "url": "/events/"}, "label"),
    ],
)
def test_a_link_has_one_target_that_cannot_run_anything(value, bad):
    block = LinkBlock()
    errors = {}
    try:
        block.clean(block.to_python(value))
    except StructBlockValidationError as error:
        errors = error.block_errors
    assert list(errors) == ([bad] if bad else [])
