from collections.abc import Iterable
from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy


class AddOnly(ModelPermissionPolicy):
    """Dated rows that are added and never changed, by superusers neither: what a sale was promised stays readable."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in ("change", "delete") and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)
