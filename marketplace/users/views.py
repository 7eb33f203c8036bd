from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.core.errors import Refusal
from marketplace.users.models import User
from marketplace.users.second_step import has_second_step
from marketplace.users.services import anonymize

BACK_TO = "second_step_back_to"
"""Session key: where the way to a second step began. Its pages lead back there."""


class StaffAccount(Refusal):
    """Someone must take over first: a shop or a desk cannot be left to nobody."""

    code, status = "staff_account", 409
    message = _("This account works in the back office. Ask an admin to close it.")


@require_safe
@login_required
def second_step(request: HttpRequest) -> HttpResponse:
    """Where the admin's door sends people who need a second step and have none: why, which ways there are, and back."""
    target = get_next_redirect_url(request) or reverse("wagtailadmin_home")
    if has_second_step(request.user):
        return redirect(target)
    request.session[BACK_TO] = target
    return render(request, "account/second_step.html")


class ReauthenticateWithKey(ReauthenticateWebAuthnView):
    """allauth's, which forgets where people were going when a key is refused: another tab has asked meanwhile, say."""

    def form_invalid(self, form: ReauthenticateWebAuthnForm) -> HttpResponse:
        for error in form.errors.get("credential", []):
            messages.error(self.request, error)
        return redirect(self.passthrough_next_url(self.request.path))


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required
def close_account(request: HttpRequest) -> HttpResponse:
    """Erase the person behind the account, after they proved afresh that it is theirs."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required saw to it
    if user.has_perm("wagtailadmin.access_admin"):
        raise StaffAccount
    if request.method == "GET":
        return render(request, "account/close.html")
    anonymize(user_id=user.pk, actor_id=user.pk)
    logout(request)
    messages.success(request, _("Your account is closed and your personal data in it is erased."))
    return redirect("/")
