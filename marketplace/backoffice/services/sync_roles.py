"""Make groups and grants say what `roles.py` says: nothing less, nothing more, however often it runs."""

from collections.abc import Collection as Names
from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupApprovalTask, GroupCollectionPermission, GroupPagePermission, Page

from marketplace.backoffice.roles import ROLES, Role

DOWRY = "Moderators"
"""A group Wagtail's own migrations bring along; editors do its work here."""


FILES = ("wagtailimages.{}_image", "wagtaildocs.{}_document")


class UnknownPermission(LookupError):
    """`roles.py` names a permission that no model has: a model was renamed, or its app is not migrated yet."""


def sync_roles(*, roles: Iterable[Role] = ROLES) -> None:
    """Raises `UnknownPermission` naming every permission that does not exist."""
    with transaction.atomic():
        for role in roles:
            group, _ = Group.objects.get_or_create(name=role.name)
            group.permissions.set(_permissions(role.permissions))
            _sync_pages(group, role)
            _sync_files(group, role)
        _dismiss_moderators()


def _permissions(names: Names[str]) -> list[Permission]:
    wanted = Q(pk__in=[])
    for app_label, codename in (name.split(".") for name in names):
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    found = list(Permission.objects.filter(wanted).select_related("content_type"))
    missing = set(names) - {f"{p.content_type.app_label}.{p.codename}" for p in found}
    if missing:
        raise UnknownPermission(", ".join(sorted(missing)))
    return found


def _sync_pages(group: Group, role: Role) -> None:
    root = Page.get_first_root_node()
    wanted = {p.pk for p in _permissions([f"wagtailcore.{action}_page" for action in role.pages])}
    GroupPagePermission.objects.filter(group=group).exclude(page=root, permission__in=wanted).delete()
    for pk in wanted:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission_id=pk)


def _sync_files(group: Group, role: Role) -> None:
    root = Collection.get_first_root_node()
    wanted = {p.pk for p in _permissions([kind.format(action) for action in role.files for kind in FILES])}
    GroupCollectionPermission.objects.filter(group=group).exclude(collection=root, permission__in=wanted).delete()
    for pk in wanted:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission_id=pk)


def _dismiss_moderators() -> None:
    """Hand their approvals to the editors; leave the group be if someone was put into it on purpose."""
    moderators = Group.objects.filter(name=DOWRY, user=None).first()
    if moderators is None:
        return
    editors = Group.objects.get(name="Editors")
    for task in GroupApprovalTask.objects.filter(groups=moderators):
        task.groups.add(editors)
    moderators.delete()
