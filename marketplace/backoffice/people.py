"""People in the admin: nobody is deleted, and nobody makes themselves or others superusers who is none."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.auth import permission_denied

from marketplace.users.models import User
from marketplace.users.services import anonymize


@hooks.register("before_create_user")
def guard_new(request: HttpRequest) -> HttpResponse | None:
    return _guard(request, [])


@hooks.register("before_edit_user")
def guard_change(request: HttpRequest, user: User) -> HttpResponse | None:
    return _guard(request, [user])


@hooks.register("before_delete_user")
def anonymize_instead(request: HttpRequest, user: User) -> HttpResponse | None:
    """Logs, orders and bookings point to the row: it stays, empty."""
    return _guard(request, [user]) or (_anonymize(request, [user]) if request.method == "POST" else None)


@hooks.register("before_bulk_action")
def guard_many(request: HttpRequest, action_type: str, objects: Any, _action: Any) -> HttpResponse | None:
    people = [each for each in objects if isinstance(each, User)]
    if not people:
        return None
    return _guard(request, people) or (_anonymize(request, people) if action_type == "delete" else None)


def _guard(request: HttpRequest, people: Iterable[User]) -> HttpResponse | None:
    if isinstance(request.user, User) and request.user.is_superuser:
        return None
    if request.POST.get("is_superuser") or any(person.is_superuser for person in people):
        refused: HttpResponse = permission_denied(request)
        return refused
    return None


def _anonymize(request: HttpRequest, people: Iterable[User]) -> HttpResponse:
    for person in people:
        anonymize(user_id=person.pk, actor_id=request.user.pk)
    messages.success(request, _("Erased: the account is closed, and its number stays for the books."))
    return redirect("wagtailusers_users:index")
