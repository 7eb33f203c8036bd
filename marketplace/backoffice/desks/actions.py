"""The few things a desk may do to a row: a named button that asks one service, by POST, with the right to change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from wagtail.admin import messages

from marketplace.backoffice.desks.base import Desk, DeskRow
from marketplace.core.errors import Refusal
from marketplace.core.states import IllegalMove


@dataclass(frozen=True)
class Action:
    """`fits(row)`: does the button stand on this row now? `do(row, actor_id)` does it and says so."""

    name: str
    label: Any
    fits: Callable[[Any], bool]
    do: Callable[[Any, int | None], Any]


class ActionView(DeskRow):
    """POST <base>/<action>/<row>/; a GET shows the row."""

    action: Action | None = None
    http_method_names = ["get", "post"]

    def check_action_permitted(self, user: Any) -> bool:
        helper = self.permission_helper
        may_change = helper.user_has_specific_permission(user, helper.get_perm_codename("change"))
        return bool(may_change and super().check_action_permitted(user))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self._row_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.action is None or not self.action.fits(self.instance):
            raise PermissionDenied
        try:
            messages.success(request, self.action.do(self.instance, request.user.pk))
        except (Refusal, IllegalMove) as refusal:
            messages.error(request, str(refusal))
        return redirect(self._row_url())

    def _row_url(self) -> str:
        return str(self.url_helper.get_action_url("inspect", self.pk_quoted))


class ActingDesk(Desk):
    """A desk with buttons."""

    actions: tuple[Action, ...] = ()

    def describe(self, row: Any, user: Any) -> dict[str, Any]:
        """`row_actions`: (label, URL) of every button that stands on the row for this user."""
        helper = self.permission_helper
        if not helper.user_has_specific_permission(user, helper.get_perm_codename("change")):
            return {"row_actions": []}
        urls = [(a.label, self.url_helper.get_action_url(a.name, row.pk)) for a in self.actions if a.fits(row)]
        return {"row_actions": urls}

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        return (*super().get_admin_urls_for_registration(), *(self._url(action) for action in self.actions))

    def _url(self, action: Action) -> URLPattern:
        class Ask(ActionView):
            pass

        Ask.action = action

        def view(request: HttpRequest, instance_pk: str) -> HttpResponse:
            found: HttpResponse = Ask.as_view(model_admin=self, instance_pk=instance_pk)(request)
            return found

        return self.url_for(action.name, view)
