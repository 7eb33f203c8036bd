"""A fresh proof of who is at the keyboard, for what moves money. An open session alone is not enough.

    @needs_recent_login
    def approve(request): ...

    class Approve(NeedsRecentLogin, ActionView):
        keep_typed = ("reason",)

Whoever proved themselves within `ACCOUNT_REAUTHENTICATION_TIMEOUT` seconds passes. Anyone else is led to prove it and
comes back to the same address by GET: put the guard on the page with the form, so that its POST is seldom refused. When
it is, fields named in `keep` wait in the session for that page (`kept(request)`); never name a secret there.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

KEPT = "kept_while_reauthenticating"
View = Callable[..., HttpResponseBase]


def is_recent(request: HttpRequest) -> bool:
    """Stricter than allauth's own answer, which is yes for an account with nothing to prove itself by."""
    records = get_authentication_records(request, request.user)
    return any(one.get("reauthenticated") for one in records) and bool(did_recently_reauthenticate(request))


def to_prove_it(request: HttpRequest, *, back: str = "", keep: Collection[str] = ()) -> HttpResponse:
    """Lead to the proof and back to `back` (this address when empty)."""
    methods = _methods(request)
    if not methods:
        raise PermissionDenied
    back = back or request.get_full_path()
    if request.method == "POST":
        request.session[KEPT] = {"path": back, "typed": {name: request.POST.getlist(name) for name in keep}}
        messages.info(request, _("First confirm that it is you. Nothing has been done yet."))
    return HttpResponseRedirect(f"{methods[0]['url']}?{urlencode({'next': back})}")


def kept(request: HttpRequest) -> dict[str, str]:
    """What was typed on this page before it asked for the proof, once."""
    found = request.session.get(KEPT)
    if not found or found["path"] != request.get_full_path():
        return {}
    del request.session[KEPT]
    return {name: values[-1] for name, values in found["typed"].items() if values}


def needs_recent_login(view: View | None = None, *, keep: Collection[str] = ()) -> Any:
    """Decorator for a view of a logged-in user, its GET included."""

    def guard(guarded: View) -> View:
        @wraps(guarded)
        def guarding(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return guarded(request, *args, **kwargs) if is_recent(request) else to_prove_it(request, keep=keep)

        return guarding

    return guard(view) if view else guard


class NeedsRecentLogin:
    """The same for class-based views: goes in front of the view's class, behind what checks permissions."""

    keep_typed: Collection[str] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_recent(request):
            return to_prove_it(request, keep=self.keep_typed)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


def _methods(request: HttpRequest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get_adapter(request).get_reauthentication_methods(request.user)
    return found
