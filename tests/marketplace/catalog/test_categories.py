"""Two levels of categories, and who may change them."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Locale

from marketplace.catalog.models import Category
from marketplace.catalog.selectors import category_tree
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def make(slug: str, parent: Category | None = None, **fields) -> Category:
    return Category.objects.create(
        slug=slug, name=slug.title(), parent=parent, **{"locale": Locale.get_default(), **fields}
    )


def test_there_are_two_levels_and_no_loops():
    music = make("music")
    jazz = make("jazz", music)
    for category, parent in ((Category(name="Bebop", slug="bebop"), jazz), (music, jazz), (music, music)):
        category.parent = parent
        with pytest.raises(ValidationError):
            category.clean()


def test_the_tree_stands_in_the_editors_order_in_one_query(django_assert_num_queries):
    sport, music = make("sport", sort_order=20), make("music", sort_order=10)
    make("rock", music, sort_order=2)
    make("jazz", music, sort_order=1)
    make("run", sport)
    locale = Locale.get_default()
    with django_assert_num_queries(1):
        tree = category_tree(locale)
    shape = [(branch.category.slug, [child.slug for child in branch.children]) for branch in tree]
    assert shape == [("music", ["jazz", "rock"]), ("sport", ["run"])]


@pytest.mark.parametrize(("role", "allowed"), [("Editors", True), ("Sellers", False), ("Support", False)])
def test_editors_keep_categories_and_nobody_else(client, role, allowed):
    client.force_login(make_user(role=role))
    music = make("music")
    names = Category.snippet_viewset
    url = reverse(names.get_url_name("edit"), args=[music.pk])
    form = {"name": "Sounds", "slug": "music", "parent": "", "icon": "", "sort_order": "1"}
    client.post(url, form)
    music.refresh_from_db()
    assert (music.name == "Sounds") is allowed
    assert (client.get(reverse(names.get_url_name("list"))).status_code == 200) is allowed
