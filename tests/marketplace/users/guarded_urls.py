"""The site, and two pages that need a fresh proof of who is there: one by the decorator, one by the class."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View

from config.urls import urlpatterns as site
from marketplace.users.recent import NeedsRecentLogin, kept, needs_recent_login


@needs_recent_login(keep=("reason",))
def by_decorator(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} passed, typed: {kept(request).get('reason', 'nothing')}")


class ByClass(NeedsRecentLogin, View):
    def get(self, _request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")


urlpatterns = [path("guarded/", by_decorator), path("guarded-too/", ByClass.as_view()), *site]
