"""Who a seller is in law: what we have, what is missing, papers, and the account at Stripe."""

import contextlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.errors import Refusal
from marketplace.payouts.errors import VerificationClosed
from marketplace.payouts.forms import DocumentForm, VerificationForm
from marketplace.payouts.models import Verification
from marketplace.payouts.presentation.papers import missing
from marketplace.payouts.services import drop_document, keep_details, keep_document, submit_verification
from marketplace.payouts.services.keep_document import EDITABLE
from marketplace.payouts.views.base import MoneyPage


class Identity(MoneyPage):
    """One page, one form, told apart by the name of the button: send, add a paper, remove one.

    Whatever is pressed, what was typed is kept; a paper that was chosen and not added yet is sent along.
    """

    page_title = gettext_lazy("Who you are")
    template_name = "pages/payouts/verification.html"

    @cached_property
    def verification(self) -> Verification | None:
        return Verification.objects.filter(seller=self.seller).prefetch_related("documents").first()

    @property
    def is_open(self) -> bool:
        """May the application be changed, by this user, now?"""
        return self.is_owner and (self.verification is None or self.verification.status in EDITABLE)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_owner:
            raise PermissionDenied
        form = VerificationForm(request.POST, **self._has_number())
        form.is_valid()
        if "drop" in request.POST:
            return self._drop(form, request.POST["drop"])
        if "add" in request.POST or request.FILES:
            document_form = DocumentForm(request.POST, request.FILES)
            if not self._add(document_form):
                typed = VerificationForm(initial=request.POST.dict(), **self._has_number())
                return self._again(form=typed, document_form=document_form)
            if "add" in request.POST:
                self._keep(form)
                messages.success(request, _("Added. Only the people who check it can open it."))
                return redirect(request.path)
            self.__dict__.pop("verification", None)  # with the new paper
        return self._send(form)

    def _add(self, form: DocumentForm) -> bool:
        if not form.is_valid():
            return False
        kind, upload = form.cleaned_data["kind"], form.cleaned_data["upload"]
        try:
            keep_document(seller=self.seller, kind=kind, upload=upload, actor_id=self.request.user.pk)
        except Refusal as refusal:
            form.add_error("upload", str(refusal))
            return False
        return True

    def _drop(self, form: VerificationForm, document_id: str) -> HttpResponse:
        own = self.verification.documents.all() if self.verification else []
        found = next((one for one in own if str(one.pk) == document_id), None)
        if found is None:
            raise PermissionDenied
        try:
            drop_document(document_id=str(found.pk), actor_id=self.request.user.pk)
            self._keep(form)
            messages.success(self.request, _("Removed."))
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
        return redirect(self.request.path)

    def _keep(self, form: VerificationForm) -> None:
        """Remember what can be taken of what was typed so far, unless it was sent from another tab meanwhile."""
        if form.cleaned_data:
            with contextlib.suppress(VerificationClosed):
                keep_details(seller_id=self.seller.pk, **form.cleaned_data)

    def _send(self, form: VerificationForm) -> HttpResponse:
        if form.is_valid():
            for paper in missing(form.cleaned_data["entity"], self.verification):
                form.add_error(None, _("Please add first: %(paper)s.") % {"paper": paper})
        if not form.is_valid():
            return self._again(form=form)
        try:
            submit_verification(seller_id=self.seller.pk, actor_id=self.request.user.pk, **form.cleaned_data)
            messages.success(self.request, _("Sent. We look at it within two working days and write to you."))
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
        return redirect(self.request.path)

    def _again(self, **forms: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**forms))

    def _has_number(self) -> dict[str, bool]:
        return {"has_tax_number": bool(self.verification and self.verification.tax_number_hint)}

    def _initial(self) -> dict[str, Any]:
        row = self.verification
        names = ("entity", "legal_name", "country", "address")
        return {name: getattr(row, name) for name in names} if row else {"country": self.seller.country}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.verification
        found = {
            "verification": row,
            "documents": list(row.documents.all()) if row else [],
            "is_open": self.is_open,
            "missing": missing(row.entity if row else "", row),
            "form": VerificationForm(initial=self._initial(), **self._has_number()),
            "document_form": DocumentForm(),
        }
        return super().get_context_data(**{**found, **kwargs})
