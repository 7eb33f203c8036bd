"""Wagtail tells when pages change; offers follow."""

from typing import Any

from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from marketplace.events.models import EventPage
from marketplace.events.services.follow_state import follow_state
from marketplace.events.services.sync_offers import sync_offers


def connect() -> None:
    """Called once, when the app is ready."""
    for signal in (page_published, page_unpublished):
        signal.connect(_sync_page, sender=EventPage, dispatch_uid="events.sync_page")
    for signal in (page_slug_changed, post_page_move):
        signal.connect(_sync_below, dispatch_uid="events.sync_below")


def _sync_page(instance: EventPage, **_kwargs: Any) -> None:
    sync_offers(event=instance)
    if instance.live:
        follow_state(event=instance)


def _sync_below(instance: Page, **_kwargs: Any) -> None:
    """Addresses contain the slugs of all pages above."""
    for event in EventPage.objects.filter(path__startswith=instance.path, occurrence_rows__isnull=False).distinct():
        sync_offers(event=event)
