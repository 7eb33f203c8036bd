"""One search over everything published: events, products, sellers and pages of words."""

import re
from collections import Counter
from collections.abc import Sequence
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
MOST_WORDS, MOST_HITS = 12, 300
"""Nobody reads three hundred results; a better word finds more than a further page."""
VOCABULARY, VOCABULARY_KEPT = 3000, 600
"""Titles read to guess what a misspelled word meant; seconds for which their words are remembered."""


@dataclass(frozen=True)
class Found:
    """Everything found, best first."""

    hits: Sequence[tuple[str, Page]] = ()
    """(kind, page) with the columns every page has."""
    exact: bool = True
    """False: nothing held every word as it was typed, so these hold some of them, or words that begin so."""

    @property
    def counts(self) -> dict[str, int]:
        return Counter(kind for kind, _page in self.hits)

    def of(self, kind: str = "") -> list[tuple[str, Page]]:
        """Of one kind; without one, all."""
        return [hit for hit in self.hits if kind in ("", hit[0])]


def clean(typed: str) -> str:
    """Words only: quotes and operators mean something to the index, and never what was typed."""
    return " ".join(WORD.findall(typed)[:MOST_WORDS])


def find(typed: str, *, locale: Locale) -> Found:
    """Pages with every word; failing that, with any of several words or the beginning of a single one.

    Two queries, one more when the first attempt finds nothing.
    """
    words = clean(typed)
    if not words:
        return Found()
    kinds = {ContentType.objects.get_for_model(model).pk: name for name, model in MODELS.items()}
    pages: Any = Page.objects.live().public().filter(locale=locale, content_type__in=list(kinds))
    hits = list(pages.search(words)[:MOST_HITS])
    exact = bool(hits)
    if not exact:
        wider = pages.search(words, operator="or") if " " in words else pages.autocomplete(words)
        hits = list(wider[:MOST_HITS])
    return Found([(kinds[page.content_type_id], page) for page in hits], exact or not hits)


def meant(typed: str, *, locale: Locale) -> str:
    """The same words with unknown ones replaced by the closest that titles use; empty if that changes nothing."""
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
