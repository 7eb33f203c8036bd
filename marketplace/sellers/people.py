"""Whom a confined seller meets by name in the admin: people of their own sellers, and staff."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from marketplace.sellers.models import SellerMember
from marketplace.sellers.policy import reach

Users = QuerySet[Any] | Callable[[Any], QuerySet[Any]]


def known(user: Any, people: QuerySet[Any]) -> QuerySet[Any]:
    """Of `people`, those a confined user may see; all of them for anyone else."""
    held = reach(user)
    if held is None:
        return people
    strangers = SellerMember.objects.exclude(user__in=SellerMember.objects.filter(seller__in=held).values("user"))
    return people.exclude(pk__in=strangers.values("user"))


def hide_strangers() -> None:
    """Wagtail's lists of pages offer everyone who ever owned or edited a page as a filter; there is no hook for it."""
    from wagtail.admin.views.pages.listing import PageFilterSet

    for name in ("owner", "edited_by"):
        found = PageFilterSet.declared_filters[name]
        found.queryset = _only_known(found.queryset)


def _only_known(people: Users) -> Callable[[Any], QuerySet[Any]]:
    return lambda request: known(request.user, people(request) if callable(people) else people)
