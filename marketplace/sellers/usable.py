"""What a confined seller may refer to: in a form, a chooser, a link. Wider than what they may change."""

from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from marketplace.sellers.files import SellerCollectionPolicy
from marketplace.sellers.pages import choosable_pages
from marketplace.sellers.policy import SellerOwnedPolicy, reach


def usable(user: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of `rows`, those the user may refer to; all of them unless the user is a confined seller."""
    if reach(user) is None:
        return rows
    model = rows.model
    policy = policy_registry.get_by_type(model)
    if isinstance(policy, SellerOwnedPolicy):
        return rows.filter(pk__in=policy.choosable(user).values("pk"))
    if isinstance(policy, SellerCollectionPolicy):
        return rows.filter(pk__in=policy.instances_user_has_permission_for(user, "choose").values("pk"))
    if issubclass(model, Page):
        return rows.filter(pk__in=choosable_pages(user, Page.objects.all()).values("pk"))
    return rows
