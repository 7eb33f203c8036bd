"""To Stripe's onboarding and back. Coming back means nothing: Stripe is asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.core.errors import Refusal
from marketplace.payouts.services import begin_connect, check_connect
from marketplace.payouts.views.base import OfSeller


class OfConnect(OfSeller, View):
    owners_only = True

    def to(self, name: str) -> str:
        return reverse(f"seller_money:{name}", args=[self.seller.pk])

    def home(self) -> HttpResponseRedirect:
        return redirect(self.to("verification"))


class Begin(OfConnect):
    """POST makes the account when there is none, and shows the way to Stripe: a link, since it leaves this site.

    Whoever had to prove first who they are comes back by GET, to a page that goes on where the button led.
    """

    http_method_names = ["get", "post"]
    needs_proof = True

    def get(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        return render(request, "pages/payouts/to_stripe.html", {"back": self.to("verification")})

    def post(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        assert request.user.is_authenticated  # noqa: S101 - an owner
        back, again = self.to("connect_back"), self.to("connect_again")
        email = self.seller.email or request.user.email
        try:
            url = begin_connect(seller=self.seller, email=email, back=back, again=again, actor_id=request.user.pk)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return self.home()
        return render(request, "pages/payouts/to_stripe.html", {"url": url, "back": self.to("verification")})


class Back(OfConnect):
    http_method_names = ["get"]

    def get(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        try:
            if check_connect(seller=self.seller):
                messages.success(request, _("Your Stripe account is ready. Choose it as where your money goes."))
            else:
                messages.warning(
                    request, _("Stripe still needs something from you, or is checking it. Come back later.")
                )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return self.home()


class Again(OfConnect):
    """The link was too old, or used before."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        messages.info(request, _("That link to Stripe was used up. Here is a new start."))
        return self.home()
