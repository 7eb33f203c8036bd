"""Sellers' money in Wagtail's admin: a menu item for their people, a button beside each seller for staff."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from marketplace.payouts import urls
from marketplace.payouts.reach import SEE_ALL
from marketplace.sellers.models import Seller
from marketplace.sellers.policy import reach


class OwnMoney(MenuItem):
    """For those who are a seller's people and nothing else; staff have desks."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(reach(request.user))


@hooks.register("register_admin_menu_item")
def own_money() -> OwnMoney:
    return OwnMoney(_("Money"), reverse("seller_money:whose"), name="own-money", icon_name="table", order=245)


@hooks.register("register_admin_urls")
def money_urls() -> list[URLResolver]:
    return [path("money/", include((urls.urlpatterns, urls.app_name)))]


@hooks.register("register_snippet_listing_buttons")
def money_button(snippet: Any, user: Any, _next_url: str | None = None) -> Iterator[Button]:
    if isinstance(snippet, Seller) and user.has_perm(SEE_ALL):
        yield Button(_("Money"), reverse("seller_money:overview", args=[snippet.pk]), icon_name="table", priority=16)
