"""Blocks of a story: what editors may enter and what readers then get."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from marketplace.catalog.blocks import ButtonBlock, EventStoryBlock, VideoBlock
from marketplace.catalog.blocks.media import player_url
from tests.factories.events import make_event

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?t=10", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://player.vimeo.com/video/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://www.youtube.com/watch?v=x%22onload", None),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", None),
        ("https://evil.example/?u=youtube.com", None),
        ("https://vimeo.com/about", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_only_videos_of_two_hosts_are_framed(address, player):
    assert player_url(address) == player


def test_another_address_is_refused_in_the_editor():
    block = VideoBlock()
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"url": "https://example.org/film.mp4", "title": "Film"}))


def test_a_button_leads_to_a_page_or_an_address_and_not_to_both():
    block, page = ButtonBlock(), make_event()
    both = {"label": "Go", "page": page.pk, "url": "https://example.org/", "variant": "ink"}
    for value in (both, {**both, "page": None, "url": ""}):
        with pytest.raises(ValidationError):
            block.clean(block.to_python(value))
    assert block.clean(block.to_python({**both, "url": ""})).href == page.url
    assert block.clean(block.to_python({**both, "page": None})).href == "https://example.org/"


def test_every_block_renders_what_was_entered():
    image = get_image_model().objects.create(title="Drummers", file=get_test_image_file())
    picture = {"image": {"image": image.pk, "alt_text": "Three drummers", "decorative": False}, "caption": "At dusk"}
    button = {"label": "All events", "page": None, "url": "https://example.org/", "variant": "primary"}
    story = [
        ("heading", {"text": "What to expect", "level": "2"}, "What to expect"),
        ("text", "<p>Bring a lantern.</p>", "Bring a lantern."),
        ("quote", {"text": "The best night", "author": "Amina", "role": ""}, "Amina"),
        ("notice", {"tone": "warning", "text": "Cold at night"}, "Cold at night"),
        ("faq", {"title": "", "items": [{"question": "Parking?", "answer": "<p>Free.</p>"}]}, "Parking?"),
        ("picture", picture, 'alt="Three drummers"'),
        ("gallery", {"title": "Last year", "pictures": [picture, picture]}, "Last year"),
        ("video", {"url": "https://vimeo.com/76979871", "title": "Trailer"}, "player.vimeo.com/video/76979871"),
        ("columns", {"columns": [[{"type": "text", "value": "<p>Left side</p>"}], []]}, "Left side"),
        ("button", button, "All events"),
        ("call_to_action", {"title": "Come along", "text": "", "button": button}, "Come along"),
        ("lineup", {"title": "Lineup", "people": [{"name": "Mwangi", "role": "drums", "about": ""}]}, "Mwangi"),
    ]
    block = EventStoryBlock()
    assert {name for name, _value, _words in story} == set(block.child_blocks)
    value = block.to_python([{"type": name, "value": value} for name, value, _words in story])
    for part, (name, _value, words) in zip(value, story, strict=True):
        html = str(part.render())
        assert words in html, name
        assert "style=" not in html, name
        assert "<script" not in html, name
