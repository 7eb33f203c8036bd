"""Read-mostly desks on wagtail-modeladmin: a list, a search, one row in full, and at most a few named actions.

modeladmin's own views trust the model's permission and fetch any row. Here every view of a row asks about that row, and
add, edit, delete and history do not exist: what a desk may change, it changes through a service.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, quote, unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, re_path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.permissions import policy_registry
from wagtail_modeladmin.helpers import AdminURLHelper, ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView, InspectView, InstanceSpecificView

from marketplace.sellers.policy import SellerOwnedPolicy, within_reach

AMOUNTS = frozenset({"amount", "net", "share", "stake", "sum"})
"""Columns of figures: they stand under each other, to the right."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def when(moment: dt.datetime | None) -> str:
    """Short enough for a column, on the marketplace's own clock: "21 Nov 2026, 08:52"."""
    return date_format(timezone.localtime(moment), "j M Y, H:i") if moment else ""


def people(user_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Who they were, by name; the number of an account that is gone, because rows outlive people; nobody is ""."""
    wanted = {user_id for user_id in user_ids if user_id}
    found = get_user_model().objects.filter(pk__in=wanted).exclude(email="")
    names = {user.pk: user.get_full_name() or user.email for user in found}
    return {None: "", 0: "", **{user_id: names.get(user_id, f"#{user_id}") for user_id in wanted}}


def person(user_id: int | None) -> str:
    """One of them."""
    return people([user_id])[user_id]


def on_day(day: dt.date | None) -> str:
    """A day without a time: "21 Nov 2026"."""
    return date_format(day, "j M Y") if day else ""


class ReadOnly(PermissionHelper):
    """ "view" opens the list and the rows the policy allows; nothing else is open to anyone, superusers included."""

    def user_can_list(self, user: Any) -> bool:
        return bool(self.user_has_specific_permission(user, self.get_perm_codename("view")))

    def user_can_inspect_obj(self, user: Any, obj: Model) -> bool:
        policy = policy_registry.get_by_type(self.model)
        return bool(policy.user_has_permission_for_instance(user, "view", obj))

    def user_can_create(self, user: Any) -> bool:
        return False

    def user_can_edit_obj(self, user: Any, obj: Model) -> bool:
        return False

    def user_can_delete_obj(self, user: Any, obj: Model) -> bool:
        return False


class OpenButton(ButtonHelper):
    """Rows on a list are the user's to open: asking again for each would be a query a row."""

    def get_buttons_for_obj(self, obj: Model, *_: Any, **__: Any) -> list[dict[str, Any]]:
        return []

    def get_primary_button(self, obj: Model) -> dict[str, Any] | None:
        return dict(self.inspect_button(obj.pk))


class DeskList(IndexView):
    """A list whose spreadsheet starts no formula: names come from strangers."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            found: HttpResponse = super().dispatch(request, *args, **kwargs)
        except IncorrectLookupParameters:
            found = redirect(self.index_url)  # a filter of ours that is no more, or a hand-written address
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
        trail = [home, {"url": "", "label": self.model_admin.get_menu_label()}]
        context: dict[str, Any] = super().get_context_data(trail=trail, **kwargs)
        return context

    def get_page_title(self) -> str:
        return str(self.model_admin.get_menu_label())

    def to_row_dict(self, item: Model) -> dict[str, Any]:
        row = super().to_row_dict(item)
        return {name: f"'{value}" if str(value).startswith(FORMULA) else value for name, value in row.items()}


class DeskRow(InspectView):
    """One row in full. A desk's template gets what `describe(row)` of the desk returns."""

    def __init__(self, model_admin: Any, instance_pk: str) -> None:
        super(InstanceSpecificView, self).__init__(model_admin)  # its own would fetch the row whoever asks
        self.instance_pk = unquote(instance_pk)
        self.pk_quoted = quote(self.instance_pk)

    @cached_property
    def instance(self) -> Any:
        """The row, as it is on the user's list: what is not there cannot be opened either, one rule for both."""
        listed, related = self.model_admin.get_queryset(self.request), self.model_admin.row_related
        if related:  # without names Django would follow every foreign key
            listed = listed.select_related(*related)
        try:
            found = listed.filter(pk=self.instance_pk).first()
        except (ValueError, ValidationError) as error:
            raise Http404 from error  # "inspect/abc/" of a table numbered by integers
        if found is None:
            get_object_or_404(self.model_admin.model, pk=self.instance_pk)
            raise PermissionDenied
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.model_admin.describe(self.instance, self.request.user)
        trail = [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": self.index_url, "label": self.model_admin.get_menu_label()},
            {"url": "", "label": self.model_admin.title_of(self.instance)},
        ]
        context: dict[str, Any] = super().get_context_data(trail=trail, **found, **kwargs)
        return context

    def get_fields_dict(self) -> list[dict[str, Any]]:
        """The desk's own template says what is shown."""
        return []


class Desk(ModelAdmin):
    """Base of all desks."""

    row_related: tuple[str, ...] = ()
    """What a row's own page shows of other tables, fetched with the row."""

    search_hint: Any = _("Search")
    """Says above the search field by what one may search."""
    index_template_name = "pages/backoffice/list.html"
    inspect_view_enabled = True
    history_view_enabled = False
    permission_helper_class = ReadOnly
    button_helper_class = OpenButton
    index_view_class = DeskList
    inspect_view_class = DeskRow
    list_per_page = 50
    nothing: Any = _("Nothing here yet.")
    """What an empty list says: what would be here, and what brings it."""
    url_helper: AdminURLHelper

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        policy = policy_registry.get_by_type(self.model)
        return within_reach(request.user, rows, policy.seller) if isinstance(policy, SellerOwnedPolicy) else rows

    def get_extra_class_names_for_field_col(self, obj: Model, field_name: str) -> list[str]:
        return ["desk__number"] if field_name in AMOUNTS else []

    def get_extra_attrs_for_field_col(self, obj: Model, field_name: str) -> dict[str, Any]:
        """On phones a row is a card, and each cell says what it is."""
        return {"data-label": capfirst(str(label_for_field(field_name, self.model, self)))}

    def title_of(self, row: Any) -> str:
        return str(row)

    def describe(self, row: Any, user: Any) -> dict[str, Any]:
        """What the template of one row shows besides `instance`."""
        return {}

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """The list and one row: modeladmin would register add, edit and delete as well."""
        return self.url_for("index", self.index_view), self.url_for("inspect", self.inspect_view)

    def url_for(self, action: str, view: Callable[..., HttpResponse]) -> URLPattern:
        pattern, name = self.url_helper.get_action_url_pattern(action), self.url_helper.get_action_url_name(action)
        return re_path(pattern, view, name=name)

    def register_indexing(self) -> None:
        """Nobody asks where an order is referred to: keep these rows out of the reference index."""

    def register_admin_url_finders(self) -> None:
        """No edit view, so nothing to link to."""
