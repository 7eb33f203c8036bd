"""Who may touch what, when all they are is a seller.

Wagtail asks permission policies; these answer "only what is your own" for confined users and leave everyone else to the
group permissions. Rooms above register one per model with a seller, in `AppConfig.ready()`:

    register_permission_policy(TicketType, SellerOwnedPolicy(TicketType, "offer__seller"))

Whose a row is comes from the database, never from a form or a draft.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from marketplace.sellers.selectors import is_confined, sellers_of

CACHE = "_sokoni_reach"


def reach(user: Any) -> frozenset[int] | None:
    """Ids of the sellers a confined user is held to; None when the user is not confined.

    Two queries, once per user object (that is, once per request).
    """
    if not hasattr(user, CACHE):
        confined = user.is_authenticated and is_confined(user)
        held = frozenset(sellers_of(user).values_list("pk", flat=True)) if confined else None
        setattr(user, CACHE, held)
    found: frozenset[int] | None = getattr(user, CACHE)
    return found


def within_reach(user: Any, rows: QuerySet[Any], seller: str) -> QuerySet[Any]:
    """Of `rows`, those of the user's sellers; all of them for a user who is not confined. `seller` is a lookup path."""
    held = reach(user)
    return rows if held is None else rows.filter(**{f"{seller}__in": held})


class SellerOwnedPolicy(ModelPermissionPolicy):
    """Django's model permissions, and for confined users only on rows whose seller is theirs.

    `seller` is the lookup path from the model to `sellers.Seller`, e.g. "seller" or "occurrence__event__seller".
    `shared` rows, those without a seller, may be chosen by every seller and changed by none.
    """

    def __init__(self, model: type[Model] | str, seller: str, *, shared: bool = False) -> None:
        super().__init__(model)
        self.seller, self.shared = seller, shared

    def choosable(self, user: Any) -> QuerySet[Any]:
        """Rows the user may refer to, e.g. from an own page."""
        held, rows = reach(user), self.model._default_manager.all()
        if held is None:
            return rows
        wanted = Q(**{f"{self.seller}__in": held})
        return rows.filter(wanted | Q(**{f"{self.seller}__isnull": True}) if self.shared else wanted)

    def owns(self, user: Any, instance: Model) -> bool:
        held = reach(user)
        if held is None:
            return True
        rows = self.model._default_manager.filter(pk=instance.pk, **{f"{self.seller}__in": held})
        return bool(held) and rows.exists()

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Model) -> bool:
        return self.user_has_permission(user, action) and self.owns(user, instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Model) -> bool:
        return self.user_has_any_permission(user, actions) and self.owns(user, instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        return within_reach(user, super().instances_user_has_any_permission_for(user, actions), self.seller)
