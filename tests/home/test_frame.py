import pytest

from home import navigation
from tests.factories.storefront import make_home, make_settings, make_standard, swahili

pytestmark = pytest.mark.django_db


def link(**value):
    return {"type": "link", "value": {"label": "", "page": None, "url": "", **value}}


def test_menus_show_pages_by_title_and_addresses_by_label(client):
    home = make_home()
    about = make_standard(home)
    make_settings(
        name="Soko",
        primary_menu=[link(page=about.pk), link(label="Tonight", url="/events/?when=today")],
        footer_menu=[
            {
                "type": "group",
                "value": {
                    "title": "Legal",
                    "links": [{"type": "item", "value": {"label": "Who", "page": about.pk, "url": ""}}],
                },
            }
        ],
    )
    response = client.get("/about-us/")
    assert response.context["site_name"] == "Soko"
    assert response.context["primary_nav"] == [
        {"label": "About us", "url": "/about-us/", "current": True},
        {"label": "Tonight", "url": "/events/?when=today", "current": False},
    ]
    assert response.context["footer_nav"] == [{"title": "Legal", "links": [{"label": "Who", "url": "/about-us/"}]}]


def test_without_a_menu_pages_meant_for_menus_show(client):
    home = make_home()
    make_standard(home, "Help", show_in_menus=True)
    make_standard(home, "Hidden")
    assert [item["label"] for item in client.get("/").context["primary_nav"]] == ["Help"]


def test_a_renamed_or_unpublished_page_leaves_the_menu_at_once(client):
    home = make_home()
    page = make_standard(home)
    make_settings(primary_menu=[link(page=page.pk)])
    assert [item["label"] for item in client.get("/").context["primary_nav"]] == ["About us"]
    page.title = "About"
    page.save_revision().publish()
    assert [item["label"] for item in client.get("/").context["primary_nav"]] == ["About"]
    page.unpublish()
    assert client.get("/").context["primary_nav"] == []


def test_menus_lead_to_the_translation_in_the_visitor_s_language(client):
    home = make_home()
    page = make_standard(home)
    make_settings(primary_menu=[link(page=page.pk)])
    sw_home = home.copy_for_translation(swahili())
    sw_home.save_revision().publish()
    translated = page.copy_for_translation(swahili())
    translated.title, translated.slug = "Kuhusu", "kuhusu"
    translated.save_revision().publish()
    nav = client.get("/", headers={"Accept-Language": "sw"}).context["primary_nav"]
    assert [(item["label"], item["url"]) for item in nav] == [("Kuhusu", "/kuhusu/")]
    assert client.get("/").context["primary_nav"][0]["label"] == "About us"


def test_a_cached_frame_asks_the_database_nothing(rf, django_assert_num_queries):
    home = make_home()
    page = make_standard(home)
    make_settings(primary_menu=[link(page=page.pk)], terms_page=page)
    request = rf.get("/")
    assert page.url == "/about-us/"  # Wagtail remembers where sites are rooted
    with django_assert_num_queries(3):  # the site, its settings, the pages of the menus
        cold = navigation.frame(request)
    with django_assert_num_queries(0):
        assert navigation.frame(rf.get("/")) == cold
    assert cold["terms_url"] == "/about-us/"
