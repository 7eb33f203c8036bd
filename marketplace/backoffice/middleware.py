"""The door of the admin: who passes it, and under which content policy its pages run."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlencode

from allauth.account.internal.flows.email_verification import send_verification_email_for_user
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from wagtail.admin.auth import permission_denied

from marketplace.backoffice import conf
from marketplace.core.errors import BadInput
from marketplace.core.middleware import problem
from marketplace.sellers.gate import is_foreign
from marketplace.users.second_step import lacks_second_step

GetResponse = Callable[[HttpRequest], HttpResponse]
WAYS_OUT = ("login/", "logout/", "password_reset/")


class AdminDoor:
    """Stands inside the session, account and CSP middleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(conf.ADMIN_PREFIX):
            return self.get_response(request)
        if "\x00" in unquote(request.get_full_path()):
            return problem(request, BadInput())  # PostgreSQL stores no NUL, so nothing can be looked for by one
        out = request.path.removeprefix(conf.ADMIN_PREFIX).startswith(WAYS_OUT)
        response = (None if out else _refusal(request)) or self.get_response(request)
        response._csp_config = conf.admin_policy()  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Once it is known which view would answer, and about what."""
        match = request.resolver_match
        if match is None or not request.path.startswith(conf.ADMIN_PREFIX) or not request.user.is_authenticated:
            return None
        refused: HttpResponse | None = permission_denied(request) if is_foreign(request, match) else None
        return refused


admin_door = AdminDoor


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Visitors go on to Wagtail, which sends them to log in. Anyone else needs the permission and a proven address, and
    those who can move money a second step.
    """
    user = request.user
    if not user.is_authenticated:
        return None
    if not user.has_perm("wagtailadmin.access_admin"):
        # Wagtail would send them to log in, where they already are: round and round.
        raise PermissionDenied
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        send_verification_email_for_user(request, user)
        return render(request, "account/verified_email_required.html", status=403)
    if lacks_second_step(user):
        wanted = request.get_full_path() if request.method == "GET" else conf.ADMIN_PREFIX
        return redirect(f"{reverse('second_step')}?{urlencode({'next': wanted})}")
    return None
