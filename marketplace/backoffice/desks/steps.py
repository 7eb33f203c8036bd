"""Steps on a row that deserve a thought: a page says what will happen, asks for what is needed, then does it.

Simple buttons that can do no harm are `actions.Action`. A step has a permission of its own, may have a form, and may
ask for a fresh proof of who is at the keyboard.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from marketplace.backoffice.desks.actions import ActingDesk
from marketplace.backoffice.desks.base import DeskRow
from marketplace.core.errors import Refusal
from marketplace.core.states import IllegalMove
from marketplace.users.recent import is_recent, kept, to_prove_it

Typed = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """`fits(row)`: may it be taken now? `do(row, actor_id, typed)` takes it and says what happened.

    `what(row)` says what will happen, one sentence a line. `proof`: ask who is there first, as money moves.
    `known(row)`: what the form's fields say to begin with.
    """

    name: str
    label: Any
    may: str
    fits: Callable[[Any], bool]
    what: Callable[[Any], list[Any]]
    do: Callable[[Any, int | None, Typed], Any]
    form: type[forms.Form] | None = None
    known: Callable[[Any], Typed] = lambda _row: {}
    proof: bool = False
    danger: bool = False


class StepView(DeskRow):
    """GET <base>/<step>/<row>/ asks, POST does."""

    step: Step
    http_method_names = ["get", "post"]

    def check_action_permitted(self, user: Any) -> bool:
        return bool(user.has_perm(self.step.may) and super().check_action_permitted(user))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.check_action_permitted(request.user):
            raise PermissionDenied
        if self.step.proof and not is_recent(request):
            return to_prove_it(request, keep=tuple(self.step.form().fields) if self.step.form else ())
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.step.fits(self.instance):
            messages.error(request, _("This has changed meanwhile: look again."))
            return redirect(self._row_url())
        form = self.step.form(request.POST) if self.step.form else None
        if form is not None and not form.is_valid():
            return self._ask(request, form)
        try:
            messages.success(request, self.step.do(self.instance, request.user.pk, form.cleaned_data if form else {}))
        except (Refusal, IllegalMove) as refusal:
            messages.error(request, str(refusal))
            return self._ask(request, form)
        return redirect(self._row_url())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.step.fits(self.instance):
            return redirect(self._row_url())
        if not self.step.form:
            return self._ask(request, None)
        return self._ask(request, self.step.form(initial={**self.step.known(self.instance), **kept(request)}))

    def _ask(self, request: HttpRequest, form: forms.Form | None) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(
            step=self.step,
            subject=self.model_admin.title_of(self.instance),
            sentences=self.step.what(self.instance),
            back=self._row_url(),
            **kwargs,
        )
        context["trail"] = [*context["trail"][:-1], {
            "url": self._row_url(), "label": self.model_admin.title_of(self.instance)
        }, {"url": "", "label": self.step.label}]  # fmt: skip
        return context

    def get_meta_title(self) -> Any:
        return self.step.label

    def get_template_names(self) -> list[str]:
        return ["pages/backoffice/step.html"]

    def _row_url(self) -> str:
        return str(self.url_helper.get_action_url("inspect", self.pk_quoted))


class SteppingDesk(ActingDesk):
    """A desk whose rows are worked on in steps, beside plain buttons."""

    steps: tuple[Step, ...] = ()
    inspect_template_name = "pages/backoffice/case.html"

    def describe(self, row: Any, user: Any) -> dict[str, Any]:
        """`row_steps`: (label, URL, danger) of every step that may be taken now by this user."""
        open_ones = [step for step in self.steps if user.has_perm(step.may) and step.fits(row)]
        urls = [(step.label, self.url_helper.get_action_url(step.name, row.pk), step.danger) for step in open_ones]
        return {**super().describe(row, user), "row_steps": urls}

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        return (*super().get_admin_urls_for_registration(), *(self._step_url(step) for step in self.steps))

    def _step_url(self, step: Step) -> URLPattern:
        class Take(StepView):
            pass

        Take.step = step

        def view(request: HttpRequest, instance_pk: str) -> HttpResponse:
            found: HttpResponse = Take.as_view(model_admin=self, instance_pk=instance_pk)(request)
            return found

        return self.url_for(step.name, view)


class Reason(forms.Form):
    """Why, in words others will read."""

    note = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=300)


def payment_link(payment_id: Any) -> str:
    """Where a payment's whole story stands."""
    return reverse("payments_modeladmin_inspect", args=[payment_id])
