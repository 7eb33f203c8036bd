"""Admin views that ask the permission policy about the very row, not only about its model.

Wagtail's generic views check the model's permission and then fetch any row by its id. Mixed into a `SnippetViewSet` or
`ModelViewSet` (with `ConfinedChooserViewSet` as its `chooser_viewset_class`), `ConfinedViewSet` makes every view of it,
present or future, refuse rows the policy refuses: lists, edit, history, usage, inspect, delete, choosers...
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from wagtail.permissions import policy_registry
from wagtail.snippets.views.chooser import SnippetChooserViewSet

from marketplace.sellers.policy import SellerOwnedPolicy

ANY = ("add", "change", "delete", "view")


class ConfinedView:
    """Goes in front of a generic admin view; methods the view does not have are never called."""

    request: Any
    model: Any

    def get_object(self, *args: Any, **kwargs: Any) -> Model | None:
        found: Model | None = super().get_object(*args, **kwargs)  # type: ignore[misc]
        if found is None:  # the view that makes a new one
            return None
        policy = policy_registry.get_by_type(type(found))
        if not policy.user_has_any_permission_for_instance(self.request.user, ANY, found):
            raise PermissionDenied
        return found

    def get_base_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_base_queryset(*args, **kwargs)  # type: ignore[misc]
        if rows.model is not self.model:
            return rows  # log entries or references of an object that get_object() has already checked
        mine = policy_registry.get_by_type(rows.model).instances_user_has_any_permission_for(self.request.user, ANY)
        return rows.filter(pk__in=mine.values("pk"))


class ConfinedChoice:
    """Goes in front of a chooser's view: what may be referred to may be wider than what may be changed."""

    request: Any

    def get_object_list(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        return self._choosable(super().get_object_list(*args, **kwargs))  # type: ignore[misc]

    def get_objects(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        return self._choosable(super().get_objects(*args, **kwargs))  # type: ignore[misc]

    def get_object(self, *args: Any, **kwargs: Any) -> Model:
        found: Model = super().get_object(*args, **kwargs)  # type: ignore[misc]
        if not self._choosable(type(found)._default_manager.filter(pk=found.pk)).exists():
            raise Http404
        return found

    def _choosable(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        policy = policy_registry.get_by_type(rows.model)
        if not isinstance(policy, SellerOwnedPolicy):
            return rows
        return rows.filter(pk__in=policy.choosable(self.request.user).values("pk"))


class ConfinedViewSet:
    """Mix in before the viewset class."""

    front: type = ConfinedView

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        confined = type(view_class.__name__, (self.front, view_class), {"__module__": view_class.__module__})
        return super().construct_view(confined, **kwargs)  # type: ignore[misc]


class ConfinedChooserViewSet(ConfinedViewSet, SnippetChooserViewSet):
    """For `chooser_viewset_class` of a snippet viewset."""

    front = ConfinedChoice
