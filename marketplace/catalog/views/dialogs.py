"""Dialogs of the rows' panels. Every address answers twice: a fragment for the script, a page for everyone."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from marketplace.catalog.forms import RowForm
from marketplace.catalog.panels import MEDIA
from marketplace.catalog.policy import require_rows
from marketplace.core.errors import Refusal

Text = str | Promise


def in_dialog(request: HttpRequest) -> bool:
    """Was this asked for by the panel's script?"""
    return request.headers.get("X-Dialog") == "1"


class Dialog(View):
    """One thing done to the rows of a page: load, check, ask, do. Subclasses say what.

    Whoever may not edit the page, or not this kind of row, gets nothing: permission is asked of the very page the row
    hangs on, for reading the form as for posting it.
    """

    title: Text = ""
    text: Text = ""
    submit: Text = gettext_lazy("Save")
    danger: ClassVar[bool] = False
    row_model: ClassVar[type[Any]]
    anchor: ClassVar[str] = ""
    """The tab of the page's editor to come back to."""
    page: Any

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.page = self.load(kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_rows(request.user, self.page, self.row_model)
        return super().dispatch(request, *args, **kwargs)

    def load(self, ids: Mapping[str, int]) -> Any:
        """Find the page by what the address says (and keep the row, if any). Raises `Http404`."""
        raise NotImplementedError

    def form(self, *args: Any, **kwargs: Any) -> RowForm:
        """The form; without fields for a plain question."""
        return RowForm(*args, **kwargs)

    def perform(self, form: Any) -> Text:
        """Call one service; say what was done. A `Refusal` is shown in the form."""
        raise NotImplementedError

    def heading(self) -> Text:
        return self.title

    def explanation(self) -> Text:
        return self.text

    @property
    def actor_id(self) -> int | None:
        return self.request.user.pk

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            try:
                done = self.perform(form)
            except Refusal as refusal:
                form.add_refusal(refusal)
            else:
                return self.leave(done)
        return self.show(form, status=422)

    def show(self, form: Form, *, status: int = 200) -> HttpResponse:
        template = "catalog/admin/dialog.html" if in_dialog(self.request) else "catalog/admin/dialog_page.html"
        return TemplateResponse(self.request, template, self.context(form), status=status)

    def context(self, form: Form) -> dict[str, Any]:
        return {
            "form": form,
            "dialog": self,
            "heading": self.heading(),
            "explanation": self.explanation(),
            "action": self.request.get_full_path(),
            "back_url": self.back_url(),
            "links": self.links(),
            "breadcrumbs_items": self.breadcrumbs(),
            "header_title": self.heading(),
            "media": MEDIA,
        }

    def links(self) -> list[tuple[str, Text]]:
        """More about the row: (address, words)."""
        return []

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": self.back_url(), "label": str(self.page)},
            {"url": "", "label": self.heading()},
        ]

    def back_url(self) -> str:
        given = get_valid_next_url_from_request(self.request)
        return given or reverse("wagtailadmin_pages:edit", args=[self.page.pk]) + self.anchor

    def leave(self, done: Text) -> HttpResponse:
        if in_dialog(self.request):
            return JsonResponse({"message": str(done)})
        messages.success(self.request, str(done))
        return redirect(self.back_url())
