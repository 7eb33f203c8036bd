"""The page tree as confined sellers may use it: their own pages, and shelves to put new ones on.

Wagtail derives page permissions from rows that bind a group to a subtree. Pages of all sellers stand side by side on
the same shelf, so for confined users the rows are computed instead: full rights on pages whose seller is theirs, "add"
on shelves. Everyone else keeps the rows of their groups.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from wagtail.models import Page, PagePermissionTester, get_page_models
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from marketplace.sellers.models import Seller
from marketplace.sellers.policy import reach

OWN = ("change", "publish")
"""What a seller may do with an own page. Wagtail derives unpublish, delete, move, copy and history from these."""


class ConfinedPage:
    """Mixed into every page of the shop, before `Page`."""

    seller_shelf: ClassVar[bool] = False
    """True: sellers put their own pages under it."""

    def permissions_for_user(self, user: Any) -> "ConfinedTester":
        return ConfinedTester(user, self)


class ConfinedTester(PagePermissionTester):
    """A page belongs to its seller, not to whoever typed it: Wagtail's owner rule does not count for confined users."""

    def __init__(self, user: Any, page: Any) -> None:
        super().__init__(user, page)
        self.confined = reach(user) is not None
        self.permissions: set[str] = getattr(self, "permissions", set())
        if self.confined and not page.seller_shelf:
            self.permissions.discard("add")

    def can_publish_subpage(self) -> bool:
        """Whoever may add to a shelf may publish what they add, though never the shelf itself."""
        return "add" in self.permissions if self.confined else bool(super().can_publish_subpage())


@dataclass(frozen=True)
class Allowed:
    codename: str


@dataclass(frozen=True)
class Grant:
    """Stands where Wagtail expects a `GroupPagePermission` row."""

    page: Any
    permission: Allowed

    @property
    def page_id(self) -> int:
        return int(self.page.pk)


class SellerPagePolicy(PagePermissionPolicy):
    """Registered for all pages; differs from Wagtail's own for confined users only."""

    def get_all_permissions_for_user(self, user: Any) -> Iterable[Any]:
        if reach(user) is None or not user.is_active:
            return super().get_all_permissions_for_user(user)
        return list(_grants(user))

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Any) -> bool:
        if reach(user) is None:
            return bool(super().user_has_any_permission_for_instance(user, actions, instance))
        return self.instances_user_has_any_permission_for(user, actions).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        if reach(user) is None or not user.is_active:
            return super().instances_user_has_any_permission_for(user, actions)
        wanted = set(actions)
        own = own_pages(user) if wanted & set(OWN) else Q(pk__in=[])
        return Page.objects.filter(own | (shelves() if "add" in wanted else Q(pk__in=[])))

    def explorable_instances(self, user: Any) -> QuerySet[Any]:
        if reach(user) is None or not user.is_active:
            return super().explorable_instances(user)
        root = self.explorable_root_instance(user)
        paths = {grant.page.path for grant in self.get_cached_permissions_for_user(user)}
        above = {path[:end] for path in paths for end in range(Page.steplen, len(path) + 1, Page.steplen)}
        # The pages themselves by query, not by path: there may be many; the shelves they stand on are few.
        parents = above - paths
        found = Page.objects.filter(own_pages(user) | shelves() | Q(path__in=parents))
        return found.filter(path__startswith=root.path) if root else found.none()


def edits_pages(user: Any) -> bool:
    """Has the user anything to do with pages?"""
    return bool(policy_registry.get_by_type(Page).user_has_any_permission(user, {"add", "change", "publish"}))


def own_pages(user: Any) -> Q:
    """Pages whose seller is the confined user's."""
    return _pages_with_seller(Q(seller__in=reach(user) or ()))


def foreign_pages(user: Any) -> Q:
    """Pages of sellers who are not the confined user's; nothing for anyone else."""
    held = reach(user)
    return Q(pk__in=[]) if held is None else _pages_with_seller(~Q(seller__in=held))


def choosable_pages(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of `rows`, those the user may link to: their own, and published ones that belong to nobody."""
    if reach(user) is None:
        return rows
    return rows.filter(own_pages(user) | Q(live=True)).exclude(foreign_pages(user))


def shelves() -> Q:
    """Pages under which sellers put their own."""
    found = Q(pk__in=[])
    for model in get_page_models():
        if getattr(model, "seller_shelf", False):
            found |= Q(pk__in=model.objects.values("pk"))
    return found


def _pages_with_seller(condition: Q) -> Q:
    found = Q(pk__in=[])
    for model in _models_with_seller():
        found |= Q(pk__in=model.objects.filter(condition).values("pk"))
    return found


def _models_with_seller() -> Iterator[Any]:
    for model in get_page_models():
        if any(field.name == "seller" and field.related_model is Seller for field in model._meta.get_fields()):
            yield model


def _grants(user: Any) -> Iterator[Grant]:
    columns = ("path", "depth", "numchild")
    for page in Page.objects.filter(own_pages(user)).only(*columns):
        yield from (Grant(page, Allowed(f"{action}_page")) for action in OWN)
    for page in Page.objects.filter(shelves()).only(*columns):
        yield Grant(page, Allowed("add_page"))
