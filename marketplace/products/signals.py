"""Wagtail tells when pages change; offers follow."""

from typing import Any

from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from marketplace.products.models import ProductPage
from marketplace.products.services.sync_offers import sync_offers


def connect() -> None:
    """Called once, when the app is ready."""
    for signal in (page_published, page_unpublished):
        signal.connect(_sync_page, sender=ProductPage, dispatch_uid="products.sync_page")
    for signal in (page_slug_changed, post_page_move):
        signal.connect(_sync_below, dispatch_uid="products.sync_below")


def _sync_page(instance: ProductPage, **_kwargs: Any) -> None:
    sync_offers(product=instance)


def _sync_below(instance: Page, **_kwargs: Any) -> None:
    """Addresses contain the slugs of all pages above."""
    for product in ProductPage.objects.filter(path__startswith=instance.path, plan_rows__isnull=False).distinct():
        sync_offers(product=product)
