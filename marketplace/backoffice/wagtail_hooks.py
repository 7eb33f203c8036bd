"""The back office in Wagtail's admin: its desks, its menu, its home page."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail_modeladmin.options import ModelAdminGroup, modeladmin_register

from marketplace.backoffice import people  # noqa: F401 - registers its hooks
from marketplace.backoffice.desks import books, shop_people
from marketplace.backoffice.desks.machinery import LogDesk, MailDesk, OutboxDesk
from marketplace.backoffice.desks.orders import OrderDesk, SalesDesk
from marketplace.backoffice.desks.payments import InboxDesk, PaymentDesk
from marketplace.backoffice.today import TodayPanel
from marketplace.sellers.models import Seller


@modeladmin_register
class Money(ModelAdminGroup):
    menu_label = _("Money")
    menu_icon = "table"
    menu_order = 250
    items = (OrderDesk, PaymentDesk, InboxDesk)

    def get_submenu_items(self) -> list[Any]:
        return [*super().get_submenu_items(), books.ledger_menu_item()]


@modeladmin_register
class Sales(SalesDesk):
    menu_order = 240


@modeladmin_register
class Machinery(ModelAdminGroup):
    menu_label = _("Operations")
    menu_icon = "cogs"
    menu_order = 260
    items = (MailDesk, OutboxDesk, LogDesk)


@hooks.register("register_admin_urls")
def desk_urls() -> list[URLPattern]:
    return [*books.urlpatterns, *shop_people.urlpatterns]


@hooks.register("register_snippet_listing_buttons")
def people_button(snippet: Any, user: Any, _next_url: str | None = None) -> Iterator[Button]:
    if isinstance(snippet, Seller) and user.has_perm(shop_people.MAY):
        url = reverse("shop_people", args=[snippet.pk])
        yield Button(_("People"), url, icon_name="group", priority=15)


@hooks.register("construct_homepage_panels")
def today_panel(_request: HttpRequest, panels: list[Any]) -> None:
    panels.insert(0, TodayPanel())


@hooks.register("insert_global_admin_css")
def admin_colors() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("backoffice/admin.css"))
