"""The admin's own log-in, log-out and password pages lead to the accounts: there is one way in, and it knows MFA.

Included before Wagtail's URLs, so that Wagtail's password-only views are never reached.
"""

from urllib.parse import urlencode

from allauth.account.views import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, re_path, reverse


def to_login(request: HttpRequest) -> HttpResponse:
    """Keep `next`; whether it is safe is judged where it is followed."""
    target = request.GET.get("next") or reverse("wagtailadmin_home")
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': target})}")


def to_password_reset(_request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("account_reset_password"))


urlpatterns: list[URLPattern] = [
    path("login/", to_login),
    path("logout/", logout),
    re_path(r"^password_reset/", to_password_reset),
]
