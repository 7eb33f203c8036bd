"""Whose shop is it? The question every object-level check asks."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from marketplace.sellers.models import Seller
from marketplace.users.models import User


def sellers_of(user: User | AnonymousUser | Any) -> QuerySet[Seller]:
    """The sellers a user may act for; none for a visitor."""
    if not user.is_authenticated:
        return Seller.objects.none()
    return Seller.objects.filter(members__user=user.pk)


def acts_for(user: User | AnonymousUser | Any, seller_id: int | None) -> bool:
    """May the user act for this seller?"""
    return seller_id is not None and sellers_of(user).filter(pk=seller_id).exists()


def is_confined(user: User | AnonymousUser | Any) -> bool:
    """A seller's user without a staff role sees only what is their own; editors, finance and admins see all."""
    if user.is_superuser:
        return False
    names = set(user.groups.values_list("name", flat=True))
    return "Sellers" in names and not names & {"Editors", "Admins", "Finance", "Support"}
