from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.core.errors import Refusal
from marketplace.users.models import User
from marketplace.users.services import anonymize


class StaffAccount(Refusal):
    """Someone must take over first: a shop or a desk cannot be left to nobody."""

    code, status = "staff_account", 409
    message = _("This account works in the back office. Ask an admin to close it.")


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
