"""Menus follow what editors do: any change to a page or to the site's settings voids the cached frames."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import Site
from wagtail.signals import page_published, page_unpublished, post_page_move

from home import navigation
from home.models import SiteSettings


def forget_menus(**_signal: Any) -> None:
    """Now for this transaction, and once more after commit, when others stop seeing the old rows."""
    navigation.forget()
    transaction.on_commit(navigation.forget)


for signal in (page_published, page_unpublished, post_page_move):
    signal.connect(forget_menus, dispatch_uid="home.navigation")
for model in (Site, SiteSettings):
    post_save.connect(forget_menus, sender=model, dispatch_uid=f"home.navigation.{model.__name__}")
    post_delete.connect(forget_menus, sender=model, dispatch_uid=f"home.navigation.{model.__name__}")
