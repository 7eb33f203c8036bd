"""Images and documents: confined sellers work in the collections of their own sellers and see no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wagtail.models import Collection
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy

from marketplace.sellers.pages import Allowed
from marketplace.sellers.policy import reach
from marketplace.sellers.selectors import sellers_of

ACTIONS = ("add", "change", "delete", "choose")


@dataclass(frozen=True)
class CollectionGrant:
    """Stands where Wagtail expects a `GroupCollectionPermission` row."""

    collection: Any
    permission: Allowed

    @property
    def collection_id(self) -> int:
        return int(self.collection.pk)


class SellerCollectionPolicy(CollectionOwnershipPermissionPolicy):
    """Wagtail's own rules; for confined users the collections are computed from who they sell for."""

    permission_cache_name = "_sokoni_collection_grants"
    """Not Wagtail's name: its other policies cache rows of another kind under that."""

    def get_all_permissions_for_user(self, user: Any) -> Iterable[Any]:
        if reach(user) is None or not user.is_active:
            return super().get_all_permissions_for_user(user)
        collections = Collection.objects.filter(pk__in=sellers_of(user).values("collection"))
        names = [f"{action}_{kind}" for action in ACTIONS for kind in ("image", "document")]
        return [CollectionGrant(found, Allowed(name)) for found in collections for name in names]
