"""Payments health: one page of numbers over time, drawn as plain bars."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.backoffice.figures import HEIGHT, TRUNC, WIDTH, bars, figures
from marketplace.payments import conf

MAY = "payments.view_providercall"
SPANS = (("day", _("30 days")), ("week", _("26 weeks")), ("month", _("12 months")))


class FiguresView(WagtailAdminTemplateMixin, TemplateView):
    page_title = _("Payments health")
    header_icon = "desktop"
    template_name = "pages/backoffice/figures.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked, slugs = self.request.GET, list(conf.provider_paths())
        by = asked.get("by", "day") if asked.get("by") in TRUNC else "day"
        provider = asked.get("provider", "") if asked.get("provider") in slugs else ""
        found = figures(by=by, provider=provider)
        drawn = [(one, bars(one.steps)) for one in found.providers]
        return super().get_context_data(
            figures=found, drawn=drawn, by=by, provider=provider, spans=SPANS, slugs=slugs, width=WIDTH, height=HEIGHT,
            **kwargs,
        )  # fmt: skip


class FiguresMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY)


def figures_menu_item() -> FiguresMenuItem:
    url = reverse("payments_figures")
    return FiguresMenuItem(_("Payments health"), url, name="payments-health", icon_name="desktop", order=800)


urlpatterns: list[URLPattern] = [path("payments-health/", FiguresView.as_view(), name="payments_figures")]
