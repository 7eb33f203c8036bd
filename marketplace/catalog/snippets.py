"""Rows that lead to offers, as snippets: listed, searched and inspected here, changed by their dialogs."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from django_filters.filters import ModelChoiceFilter  # type: ignore[import-untyped]
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets import AdminPageChooser
from wagtail.snippets.views.snippets import EditView, HistoryView, IndexView, SnippetViewSet

from marketplace.catalog.columns import with_lines
from marketplace.catalog.forms import FieldSet, RowForm
from marketplace.catalog.history import entries_of, told
from marketplace.catalog.panels import MEDIA
from marketplace.catalog.policy import may_edit_rows
from marketplace.sellers.models import Seller
from marketplace.sellers.policy import within_reach
from marketplace.sellers.viewsets import ConfinedChooserViewSet, ConfinedViewSet


class OwnerForm(RowForm):
    """Which page is it for?"""

    sets = (FieldSet("", ("page",)),)

    def __init__(self, *args: Any, view: "AddView", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.view = view
        self.fields["page"] = forms.ModelChoiceField(
            label=view.owner_model.get_verbose_name(),
            queryset=view.owner_model.objects.all(),
            widget=AdminPageChooser(target_models=[view.owner_model]),
        )

    def clean_page(self) -> Any:
        page = self.cleaned_data["page"]
        if not may_edit_rows(self.view.request.user, page, self.view.model):
            raise forms.ValidationError(_("That page is not yours to sell on."))
        return page


class AddView(PermissionCheckedMixin, View):
    """Adding from the list begins with the page; its dialog does the rest."""

    model: Any = None
    permission_required = "add"
    owner_model: ClassVar[Any] = None
    dialog: ClassVar[str] = ""
    """Name of the address that takes the page's id."""
    index_url_name: str = ""
    header_icon: str = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(OwnerForm(view=self))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OwnerForm(request.POST, view=self)
        if form.is_valid():
            return redirect(self.dialog, page_id=form.cleaned_data["page"].pk)
        return self._show(form, status=422)

    def _show(self, form: OwnerForm, *, status: int = 200) -> HttpResponse:
        heading = _("Add %(what)s") % {"what": self.model._meta.verbose_name}
        context = {
            "form": form,
            "heading": heading,
            "header_title": heading,
            "explanation": _("Which page is it for?"),
            "action": self.request.get_full_path(),
            "back_url": reverse(self.index_url_name),
            "dialog": {"submit": _("Go on"), "danger": False},
            "media": MEDIA + form.media,
            "breadcrumbs_items": [
                {"url": reverse("wagtailadmin_home"), "label": _("Home")},
                {"url": reverse(self.index_url_name), "label": str(self.model._meta.verbose_name_plural).capitalize()},
                {"url": "", "label": heading},
            ],
        }
        return TemplateResponse(self.request, "catalog/admin/dialog_page.html", context, status=status)


class ToDialogView(EditView):
    """The edit address of a row leads to its dialog, a page of its own there; permission is asked here and there."""

    dialog = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.dialog, pk=self.object.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.dialog, pk=self.object.pk)


class RowHistoryView(HistoryView):
    """History from the activity log: who changed which price when. There is no going back to an old price from here."""

    filterset_class = None

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("what", label=_("What happened"), accessor=told),
            Column("who", label=_("Who"), accessor="who", width="25%"),
            DateColumn("at", label=_("When"), width="15%"),
        ]

    def get_base_queryset(self) -> Any:
        return entries_of(self.object)


class RowIndexView(IndexView):
    """Without bulk actions: nothing is done to offers by the dozen."""

    @cached_property
    def columns(self) -> list[Any]:
        return [column for column in super().columns if column.name != "bulk_actions"]

    def get_table(self, object_list: Any) -> Any:
        return super().get_table(with_lines(object_list))


class OfferRowFilters(WagtailFilterSet):
    """Confined sellers choose among their own shops."""

    offer__seller = ModelChoiceFilter(
        label=gettext_lazy("Sold by"), queryset=lambda request: within_reach(request.user, Seller.objects.all(), "pk")
    )


class OfferRowViewSet(ConfinedViewSet, SnippetViewSet):
    """What ticket types and license plans share in the admin."""

    chooser_viewset_class = ConfinedChooserViewSet
    index_view_class = RowIndexView
    history_view_class = RowHistoryView
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = 30
