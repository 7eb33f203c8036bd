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
from marketplace.backoffice.desks import (
    books,
    figures,
    order_refund,
    payouts_bank,
    payouts_decide,
    payouts_many,
    payouts_run,
    payouts_settle,
    proofs,
    reconcile_now,
    sale_request,
    seller_money,
    shop_people,
    verifications,
)
from marketplace.backoffice.desks.bulk_refunds import BulkRefundDesk
from marketplace.backoffice.desks.disputes import DisputeDesk
from marketplace.backoffice.desks.machinery import LogDesk, MailDesk, OutboxDesk
from marketplace.backoffice.desks.orders import OrderDesk, SalesDesk
from marketplace.backoffice.desks.paybill import PaybillDesk
from marketplace.backoffice.desks.payments import InboxDesk, PaymentDesk
from marketplace.backoffice.desks.payouts import PayoutDesk
from marketplace.backoffice.desks.reconciliation import BreakDesk, RunDesk
from marketplace.backoffice.desks.refund_requests import RequestDesk
from marketplace.backoffice.desks.refunds import RefundDesk
from marketplace.backoffice.desks.reviews import HoldDesk, ReviewDesk
from marketplace.backoffice.desks.verifications import VerificationDesk
from marketplace.backoffice.today import TodayPanel
from marketplace.sellers.models import Seller


@modeladmin_register
class Money(ModelAdminGroup):
    menu_label = _("Money")
    menu_icon = "table"
    menu_order = 250
    items = (
        OrderDesk, RequestDesk, BulkRefundDesk, ReviewDesk, HoldDesk, PaymentDesk, RefundDesk, DisputeDesk, PaybillDesk,
        InboxDesk, PayoutDesk, VerificationDesk, BreakDesk, RunDesk,
    )  # fmt: skip

    def get_submenu_items(self) -> list[Any]:
        return [
            *super().get_submenu_items(),
            books.ledger_menu_item(),
            figures.figures_menu_item(),
            proofs.proofs_menu_item(),
            *seller_money.menu_items(),
        ]


@modeladmin_register
class Sales(SalesDesk):
    menu_order = 240


@modeladmin_register
class Machinery(ModelAdminGroup):
    menu_label = _("Operations")
    menu_icon = "cogs"
    menu_order = 260
    items = (MailDesk, OutboxDesk, LogDesk)


@hooks.register("register_admin_viewset")
def agreements() -> list[Any]:
    return list(seller_money.VIEWSETS)


@hooks.register("register_admin_urls")
def desk_urls() -> list[URLPattern]:
    return [*books.urlpatterns, *proofs.urlpatterns, *shop_people.urlpatterns, *payouts_decide.urlpatterns,
            *payouts_many.urlpatterns, *payouts_run.urlpatterns, *payouts_bank.urlpatterns,
            *payouts_settle.urlpatterns, *verifications.urlpatterns,
            *reconcile_now.urlpatterns, *order_refund.urlpatterns, *sale_request.urlpatterns,
            *figures.urlpatterns]  # fmt: skip


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


@hooks.register("insert_editor_js")
def save_after_autosave() -> str:
    return format_html('<script src="{}"></script>', static("backoffice/save-after-autosave.js"))
