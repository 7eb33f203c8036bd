"""One search over everything published: events, products, sellers and pages of words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from wagtail.models import Locale, Page

from home.models import StandardPage
from marketplace.catalog.models import SellerPage
from marketplace.events.models import EventPage
from marketplace.products.models import ProductPage

MODELS: dict[str, type[Page]] = {
    "events": EventPage,
    "products": ProductPage,
    "sellers": SellerPage,
    "pages": StandardPage,
}
WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 12
VOCABULARY, VOCABULARY_KEPT = 3000, 600
"""Titles read to guess what a misspelled word meant; seconds for which their words are remembered."""


@dataclass(frozen=True)
class Found:
    """Ids of one page of results, best first, each with its kind; and how many there are of each kind in all."""

    ids: Sequence[tuple[str, int]]
    counts: dict[str, int]
    exact: bool = True
    """False: nothing held every word, so these hold some."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def of(self, kind: str) -> list[int]:
        return [pk for each, pk in self.ids if each == kind]


NOTHING = Found((), {})


def clean(typed: str) -> str:
    """Words only: quotes and operators mean something to the index, and never what was typed."""
    return " ".join(WORD.findall(typed)[:MOST_WORDS])


def find(typed: str, *, locale: Locale, kind: str = "", first: int = 0, most: int = 24) -> Found:
    """Pages with every word; if there are none, with the beginning of the last one; if none, with any of them.

    Three queries when something is found at once, two more for each further attempt.
    """
    words = clean(typed)
    if not words:
        return NOTHING
    kinds = {ContentType.objects.get_for_model(model).pk: name for name, model in MODELS.items()}
    pages = Page.objects.live().public().filter(locale=locale, content_type__in=list(kinds))
    for attempt, results in enumerate(_attempts(pages, words)):
        counts = {kinds[pk]: number for pk, number in results.facet("content_type_id").items()}
        if counts:
            return Found(_ids(pages, words, attempt, kinds, kind, first, most), counts, exact=attempt < 2)
    return NOTHING


def _attempts(pages: Any, words: str) -> Iterable[Any]:
    yield pages.search(words)
    yield pages.autocomplete(words)
    if " " in words:
        yield pages.search(words, operator="or")


def _ids(
    pages: Any, words: str, attempt: int, kinds: dict[int, str], kind: str, first: int, most: int
) -> list[tuple[str, int]]:
    wanted = [pk for pk, name in kinds.items() if not kind or name == kind]
    results = list(_attempts(pages.filter(content_type__in=wanted), words))[attempt]
    return [(kinds[page.content_type_id], page.pk) for page in results[first : first + most]]


def meant(typed: str, *, locale: Locale) -> str:
    """The same words with the unknown ones replaced by the closest that titles here use; empty if that changes nothing."""
    known = _vocabulary(locale)
    words = [word.lower() for word in WORD.findall(typed)[:MOST_WORDS]]
    closest = [word if word in known else next(iter(get_close_matches(word, known, 1, 0.7)), word) for word in words]
    return " ".join(closest) if closest != words else ""


def _vocabulary(locale: Locale) -> set[str]:
    key = f"search:vocabulary:{locale.pk}"
    known: set[str] | None = cache.get(key)
    if known is None:
        models = [ContentType.objects.get_for_model(model) for model in MODELS.values()]
        titles = Page.objects.live().filter(locale=locale, content_type__in=models).values_list("title", flat=True)
        known = {word.lower() for title in titles[:VOCABULARY] for word in WORD.findall(title) if len(word) > 3}
        cache.set(key, known, VOCABULARY_KEPT)
    return known
