"""The door of the admin: who passes it, and under which content policy its pages run."""

from collections.abc import Callable

from allauth.account.internal.flows.email_verification import send_verification_email_for_user
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.backoffice import conf

GetResponse = Callable[[HttpRequest], HttpResponse]
WAYS_OUT = ("login/", "logout/", "password_reset/")


def admin_door(get_response: GetResponse) -> GetResponse:
    """Stands inside the session, account and CSP middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        inside, _, rest = request.path.partition(conf.ADMIN_PREFIX)
        if inside or not request.path.startswith(conf.ADMIN_PREFIX):
            return get_response(request)
        response = (None if rest.startswith(WAYS_OUT) else _refusal(request)) or get_response(request)
        response._csp_config = conf.admin_policy()  # type: ignore[attr-defined]
        return response

    return middleware


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Visitors go on to Wagtail, which sends them to log in. Anyone else needs the permission and a proven address."""
    user = request.user
    if not user.is_authenticated:
        return None
    if not user.has_perm("wagtailadmin.access_admin"):
        # Wagtail would send them to log in, where they already are: round and round.
        raise PermissionDenied
    if EmailAddress.objects.filter(user=user, verified=True).exists():
        return None
    send_verification_email_for_user(request, user)
    return render(request, "account/verified_email_required.html", status=403)
