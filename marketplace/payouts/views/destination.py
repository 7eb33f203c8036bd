"""Where a seller's money goes: shown to all of its people, changed by owners who have just proved who they are."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.core.money import CURRENCIES
from marketplace.payouts import conf
from marketplace.payouts.forms import OF_RAIL
from marketplace.payouts.models import Destination, Verification
from marketplace.payouts.presentation.rails import Choice, choices
from marketplace.payouts.presentation.steps import cooling_off
from marketplace.payouts.services import change_destination
from marketplace.payouts.views.base import MoneyPage, Words


class OfCurrency(MoneyPage):
    @cached_property
    def currency(self) -> str:
        currency = str(self.kwargs["currency"])
        if currency not in CURRENCIES:
            raise Http404
        return currency

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(currency=self.currency, **kwargs)


class Destinations(OfCurrency):
    """The one in use and all before it."""

    template_name = "pages/payouts/destination.html"

    def get_page_title(self) -> Words:
        return _("Where your %(currency)s goes") % {"currency": self.currency}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(Destination.objects.filter(seller=self.seller, currency=self.currency).order_by("-created_at"))
        active = next((row for row in rows if row.status == Destination.Status.ACTIVE), None)
        cooling = active is not None and active.usable_from > clock.now()
        return super().get_context_data(
            active=active,
            warning=cooling_off(active) if active and cooling else "",
            before=[row for row in rows if row is not active],
            **kwargs,
        )


class ChangeDestination(OfCurrency):
    """`rail` in the query picks the form. The first POST shows what would happen, the second does it."""

    page_title = gettext_lazy("Change where the money goes")
    template_name = "pages/payouts/change_destination.html"
    owners_only = needs_proof = True

    @cached_property
    def rails(self) -> list[Choice]:
        return choices(self.currency, Verification.objects.filter(seller=self.seller).first())

    @cached_property
    def choice(self) -> Choice | None:
        """The picked rail; the only one when there is no choice."""
        wanted = self.request.GET.get("rail", "")
        usable = [choice for choice in self.rails if choice.usable]
        if not wanted:
            return usable[0] if len(usable) == len(self.rails) == 1 else None
        return next((choice for choice in usable if choice.slug == wanted), None)

    def form(self) -> forms.Form | None:
        return OF_RAIL[self.choice.slug](self.request.POST or None) if self.choice else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if form is None or self.choice is None:
            raise PermissionDenied
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        if "confirmed" not in request.POST:
            read = OF_RAIL[self.choice.slug](form.cleaned_data)  # shown as we understood it, not as it was typed
            return self.render_to_response(self.get_context_data(form=read, confirming=True))
        try:
            self._change(form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form))
        return redirect(self.to("destination", self.currency))

    def _change(self, form: Any) -> None:
        assert self.choice is not None  # noqa: S101 - post() saw to it
        rows = Destination.objects.filter(seller=self.seller, currency=self.currency)
        before = rows.filter(status=Destination.Status.ACTIVE).first()
        found = change_destination(
            seller_id=self.seller.pk,
            currency=self.currency,
            rail=self.choice.slug,
            details=self.choice.details or form.details(),
            actor_id=self.request.user.pk,
        )
        if found == before:
            messages.info(self.request, _("It goes there already: %(place)s. Nothing has changed.") % {"place": found})
        else:
            messages.success(self.request, _("Saved: %(place)s. We have told all owners by mail.") % {"place": found})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{"form": None if "form" in kwargs else self.form(), **kwargs},
            rails=self.rails,
            choice=self.choice,
            hours=round(conf.cool_off().total_seconds() / 3600),
        )
