"""Every component renders from the examples beside it, knows nothing of the apps and obeys the page's CSP."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.test.html import parse_html

from tests import gallery

NAMES = gallery.components()
CASES = [(name, example) for name in NAMES for example in gallery.examples(name)]


class Page(HTMLParser):
    """Every opening tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({key for key, _ in attrs}) == len(attrs), f"<{tag}> repeats an attribute: {attrs}"
        self.tags.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


@pytest.fixture(scope="module")
def templates():
    return gallery.engine()


@pytest.mark.parametrize("name", NAMES)
def test_a_component_comes_with_examples(name):
    assert gallery.examples(name), f"templates/components/{name}/{name}.yaml is missing or empty"


@pytest.mark.parametrize("name", NAMES)
def test_a_component_includes_only_components_and_loads_no_tags_of_an_app(name):
    for file in (gallery.COMPONENTS / name).glob("*.html"):
        text = file.read_text()
        for included in re.findall(r'{% include "([^"]+)"', text):
            assert included.startswith("components/"), f"{file.name} includes {included}"
        for libraries in re.findall(r"{% load ([^%]+) %}", text):
            assert set(libraries.split()) <= {"i18n", "static"}, f"{file.name} loads {libraries}"
        assert "{% url" not in text, f"{file.name} asks for an address: pass it in"
        assert not re.findall(r"{% include (?:(?! only %}).)*%}", text.replace('icons/"|add:name|add:".svg" %}', "")), (
            f"{file.name} includes without `only`"
        )


@pytest.mark.parametrize(("name", "example"), CASES)
def test_an_example_renders_to_sound_markup(templates, name, example):
    html = gallery.render(templates, name, gallery.examples(name)[example])
    parse_html(html)  # raises on a tag that is opened and not closed, or the other way round
    page = Page(html)
    twice = [value for value, count in Counter(page.values("id")).items() if count > 1]
    assert not twice, f"ids used twice: {twice}"
    assert "" not in page.values("id") + page.values("for") + page.values("href") + page.values("src")


@pytest.mark.parametrize(("name", "example"), CASES)
def test_an_example_has_no_inline_script_or_style(templates, name, example):
    for tag, attributes in Page(gallery.render(templates, name, gallery.examples(name)[example])).tags:
        assert tag not in ("script", "style")
        assert "style" not in attributes
        assert not [key for key in attributes if key.startswith("on")]


@pytest.mark.parametrize(("name", "example"), CASES)
def test_what_an_example_points_at_is_there(templates, name, example):
    page = Page(gallery.render(templates, name, gallery.examples(name)[example]))
    ids = set(page.values("id"))
    assert set(page.values("for")) <= ids
    assert {word for value in page.values("aria-describedby") for word in value.split()} <= ids
    assert all("alt" in attributes for tag, attributes in page.tags if tag == "img")


def test_every_icon_is_one_drawing_in_the_current_color():
    for file in (gallery.COMPONENTS / "icon" / "icons").glob("*.svg"):
        colors = set(re.findall(r'(?:fill|stroke)="([^"]+)"', file.read_text()))
        assert colors <= {"currentColor", "none"}, file.name
