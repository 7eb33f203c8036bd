"""The database says what `roles.py` says, after any migrate and however often."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from wagtail.models import GroupApprovalTask, GroupPagePermission, Page

from marketplace.backoffice.roles import ROLES, Role
from marketplace.backoffice.services import sync_roles
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def names(group: Group) -> set[str]:
    return {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_fresh_database_has_every_role(role):
    group = Group.objects.get(name=role.name)
    assert names(group) == role.permissions
    actions = {p.permission.codename.removesuffix("_page") for p in group.page_permissions.all()}
    assert actions == role.pages
    assert all(p.page.is_root() for p in group.page_permissions.all())
    assert group.collection_permissions.count() == 2 * len(role.files)


def test_what_someone_clicked_together_is_put_right():
    editors, sellers = Group.objects.get(name="Editors"), Group.objects.get(name="Sellers")
    sellers.permissions.add(Permission.objects.get(codename="view_payment"))
    editors.permissions.clear()
    GroupPagePermission.objects.create(
        group=sellers, page=Page.get_first_root_node(), permission=Permission.objects.get(codename="publish_page")
    )
    GroupPagePermission.objects.filter(group=editors).delete()
    sync_roles()
    for role in ROLES:
        test_a_fresh_database_has_every_role(role)


def test_migrating_again_changes_nothing():
    before = list(Permission.objects.filter(group__isnull=False).order_by("pk").values_list("pk", "group__name"))
    call_command("migrate", verbosity=0)
    assert (
        list(Permission.objects.filter(group__isnull=False).order_by("pk").values_list("pk", "group__name")) == before
    )


def test_wagtails_moderators_hand_over_to_editors():
    assert not Group.objects.filter(name="Moderators").exists()
    assert [g.name for task in GroupApprovalTask.objects.all() for g in task.groups.all()] == ["Editors"]


def test_moderators_someone_was_put_into_stay():
    make_user().groups.add(Group.objects.create(name="Moderators"))
    sync_roles()
    assert Group.objects.filter(name="Moderators").exists()


@pytest.mark.parametrize(
    "codename", ["delete_order", "delete_payment", "delete_user", "delete_logentry", "delete_entry", "change_order"]
)
def test_nobody_may_delete_or_rewrite_what_must_last(codename):
    assert not Group.objects.filter(permissions__codename=codename).exists()


def test_a_permission_that_does_not_exist_is_named():
    odd = Role("Editors", "x", frozenset({"events.juggle_venue", "wagtailadmin.access_admin"}))
    with pytest.raises(LookupError, match=r"^events\.juggle_venue$"):
        sync_roles(roles=[odd])
