"""Who sellers are in law: applications to be looked at, papers opened one by one, each opening on record."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from marketplace.audit.services import record
from marketplace.backoffice.desks.base import Desk, when
from marketplace.backoffice.desks.filters import STATUS, by_choice
from marketplace.core.countries import country_name
from marketplace.core.crypto import decrypt
from marketplace.core.errors import Refusal
from marketplace.payouts.models import Verification, VerificationDocument
from marketplace.payouts.models.destination import VerificationStatus
from marketplace.payouts.presentation.papers import missing
from marketplace.payouts.services import decide_verification
from marketplace.payouts.services.keep_document import documents_storage
from marketplace.users.recent import NeedsRecentLogin

MAY = "payouts.change_verification"
"""Who decides about applications also opens the papers; looking at the list alone does not."""


class VerificationDesk(Desk):
    model = Verification
    base_url_path = "verifications"
    menu_label = gettext_lazy("Verifications")
    menu_icon = "clipboard-list"
    nothing = _("No seller has handed in who they are yet.")
    list_display = ("seller_name", "state", "legal_name", "kind", "tax_residence", "papers", "sent")
    list_filter = (by_choice("status", VerificationStatus, STATUS), "country", "entity")
    search_hint = gettext_lazy("Seller or name in law")
    search_fields = ("seller__name", "legal_name")
    inspect_template_name = "pages/backoffice/verification.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        waiting = Case(When(status=VerificationStatus.SUBMITTED, then=Value(0)), default=Value(1))
        rows = super().get_queryset(request).select_related("seller").prefetch_related("documents")
        return rows.order_by(waiting, "submitted_at", "pk")

    def describe(self, row: Verification, user: Any) -> dict[str, Any]:
        may = user.has_perm(MAY)
        return {
            "documents": list(row.documents.order_by("uploaded_at")),
            "missing": missing(row.entity, row),
            "may_decide": may,
            "tax_number": decrypt(row.tax_number_ciphertext) if may and row.tax_number_ciphertext else "",
            "destinations": list(row.seller.destinations.order_by("-created_at")[:20]),
        }

    def title_of(self, row: Verification) -> str:
        return row.seller.name

    @admin.display(description=gettext_lazy("seller"), ordering="seller__name")
    def seller_name(self, row: Verification) -> str:
        return row.seller.name

    @admin.display(description=gettext_lazy("who sells"), ordering="entity")
    def kind(self, row: Verification) -> str:
        return str(Verification.Entity(row.entity).label)

    @admin.display(description=gettext_lazy("tax residence"), ordering="country")
    def tax_residence(self, row: Verification) -> str:
        return country_name(row.country)

    @admin.display(description=STATUS, ordering="status")
    def state(self, row: Verification) -> str:
        return str(VerificationStatus(row.status).label)

    @admin.display(description=gettext_lazy("papers"))
    def papers(self, row: Verification) -> str:
        return str(len(row.documents.all()))

    @admin.display(description=gettext_lazy("sent"), ordering="submitted_at")
    def sent(self, row: Verification) -> str:
        return when(row.submitted_at)


class DecisionForm(forms.Form):
    approve = forms.TypedChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("yes", gettext_lazy("Approve: payouts may leave")), ("no", gettext_lazy("Something is missing"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("What is missing, for the seller to read"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class Checked:
    """Who may decide, before anything else is asked."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


class DecideView(Checked, NeedsRecentLogin, WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    header_icon = "clipboard-list"
    template_name = "pages/backoffice/verification_decide.html"
    form_class = DecisionForm
    keep_typed = ("approve", "note")

    @property
    def row(self) -> Verification:
        return get_object_or_404(Verification.objects.select_related("seller"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return _("Decide: %(seller)s") % {"seller": self.row.seller.name}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        desk = {"url": reverse("verifications_modeladmin_index"), "label": _("Verifications")}
        inspect = reverse("verifications_modeladmin_inspect", args=[self.kwargs["pk"]])
        row = {"url": inspect, "label": self.row.seller.name}
        return [*self.breadcrumbs_items, desk, row, {"url": "", "label": _("Decide")}]

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        row = self.row
        try:
            decide_verification(seller_id=row.seller_id, actor_id=self.request.user.pk or 0, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Decided. The seller is told."))
        return redirect("verifications_modeladmin_inspect", row.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("verifications_modeladmin_inspect", args=[self.row.pk])
        return super().get_context_data(row=self.row, back=back, **kwargs)


@require_safe
def document(request: HttpRequest, document_id: str) -> HttpResponseBase:
    """One paper, as a file to save: never shown within our pages, never kept by a cache, and on record."""
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    row = get_object_or_404(VerificationDocument.objects.select_related("verification__seller"), pk=document_id)
    data = {"document": str(row.pk), "kind": row.kind, "seller_id": row.verification.seller_id}
    record(action="verification.document_opened", target=row.verification, actor_id=request.user.pk, data=data)
    opened = documents_storage().open(row.path)
    response = FileResponse(opened, as_attachment=True, filename=row.name, content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns: list[URLPattern] = [
    path("verification-decision/<int:pk>/", DecideView.as_view(), name="verification_decide"),
    path("verification-papers/<uuid:document_id>/", document, name="verification_document"),
]
