"""Filters beside the lists: one query string, no query of their own."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Model, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _


def by_choice(field: str, choices: type[TextChoices], title: Any) -> type[SimpleListFilter]:
    """A filter on a column of states, with the words people use for them."""

    class Choice(SimpleListFilter):
        parameter_name = field

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.title = title
            super().__init__(*args, **kwargs)

        def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
            return list(choices.choices)

        def queryset(self, request: Any, queryset: QuerySet[Model]) -> QuerySet[Model] | None:
            return queryset.filter(**{field: self.value()}) if self.value() in choices.values else None

    return Choice


STATUS = _("status")


class Delivery(SimpleListFilter):
    """How far a fact has come."""

    title = STATUS
    parameter_name = "delivery"
    WAYS = {
        "failed": Q(delivered_at=None) & ~Q(last_error=""),
        "waiting": Q(delivered_at=None, last_error=""),
        "delivered": Q(delivered_at__isnull=False),
    }

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("failed")), ("waiting", _("waiting")), ("delivered", _("delivered"))]

    def queryset(self, request: Any, queryset: QuerySet[Model]) -> QuerySet[Model] | None:
        way = self.WAYS.get(self.value() or "")
        return None if way is None else queryset.filter(way)
