import pytest
from wagtail.models import Page, PageViewRestriction, Site

from tests.factories.storefront import make_home, make_standard, swahili

pytestmark = pytest.mark.django_db


def test_a_fresh_site_says_what_to_do_next(client):
    response = client.get("/")
    assert response.status_code == 200
    assert "The market opens soon" in response.content.decode()


def test_pages_are_found_at_any_depth_in_few_queries(client, django_assert_max_num_queries):
    page = make_home()
    for title in ("a", "b", "c", "d"):
        page = make_standard(page, title)
    client.get("/")
    with django_assert_max_num_queries(6):
        response = client.get("/a/b/c/d/")
    assert response.status_code == 200
    assert [crumb["url"] for crumb in response.context["crumbs"]] == ["/", "/a/", "/a/b/", "/a/b/c/", "/a/b/c/d/"]


def test_what_does_not_exist_or_is_a_draft_is_not_found(client):
    home = make_home()
    make_standard(home, live=False)
    assert client.get("/nothing/").status_code == 404
    assert client.get("/about-us/").status_code == 404


def test_restricted_pages_stay_closed(client):
    page = make_standard(make_home())
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/about-us/").status_code == 302


def test_each_language_is_preferred_and_the_other_still_reachable(client):
    home = make_home()
    page = make_standard(home)
    sw_home = home.copy_for_translation(swahili())
    sw_home.title = "Soko letu"
    sw_home.save_revision().publish()
    sw_page = page.copy_for_translation(swahili())
    sw_page.title, sw_page.slug = "Kuhusu", "kuhusu"
    sw_page.save_revision().publish()
    assert client.get("/", headers={"Accept-Language": "sw"}).context["page"].title == "Soko letu"
    assert client.get("/").context["page"].title == "Sokoni"
    assert client.get("/kuhusu/").context["page"].title == "Kuhusu"
    assert client.get("/about-us/", headers={"Accept-Language": "sw"}).context["page"].title == "About us"


def test_a_site_without_any_site_row_is_not_an_error(client):
    make_home()
    Site.objects.all().delete()
    Site.clear_site_root_paths_cache()
    assert client.get("/").status_code == 404


def test_wagtail_s_own_helpers_are_not_shadowed(client):
    assert client.get("/_util/login/").status_code in (200, 302)
    assert Page.objects.get(depth=1)


def test_a_page_that_moved_is_found_at_its_old_address(client, django_capture_on_commit_callbacks):
    home = make_home()
    page = make_standard(home)
    with django_capture_on_commit_callbacks(execute=True):
        page.slug = "who-we-are"
        page.save_revision().publish()
    response = client.get("/about-us/")
    assert (response.status_code, response.headers["Location"]) == (301, "/who-we-are/")


def test_breadcrumbs_leave_out_what_is_not_published(client):
    home = make_home()
    draft = make_standard(home, "Draft", live=False)
    make_standard(draft, "Leaf")
    crumbs = client.get("/draft/leaf/").context["crumbs"]
    assert [crumb["label"] for crumb in crumbs] == ["Home", "Leaf"]
