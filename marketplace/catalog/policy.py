"""Who may touch the rows behind a page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.permissions import policy_registry

from marketplace.sellers.policy import SellerOwnedPolicy


class OfferRowPolicy(SellerOwnedPolicy):
    """Rows that lead to an offer are never deleted as bare rows, by nobody: their dialog knows what hangs on them."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return bool(super().user_has_any_permission(user, set(actions) - {"delete"}))


def may_edit_rows(user: Any, page: Any, model: type[Any]) -> bool:
    """May the user change what is sold on this page? Needs the page itself and the permission for the kind of row."""
    allowed = policy_registry.get_by_type(model).user_has_permission(user, "change")
    return bool(allowed) and bool(page.permissions_for_user(user).can_edit())


def require_rows(user: Any, page: Any, model: type[Any]) -> None:
    """Raise `PermissionDenied` unless `may_edit_rows`."""
    if not may_edit_rows(user, page, model):
        raise PermissionDenied
