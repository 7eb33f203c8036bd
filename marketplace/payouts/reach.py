"""Whose money may one look at, and who may say where it goes?"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from marketplace.sellers.models import Seller, SellerMember

SEE_ALL = "payouts.view_payout"
"""Finance and admins look at every seller's money; they change none of it here."""


@dataclass(frozen=True)
class Reach:
    """The seller asked for, whether the user owns it, and the user's other sellers."""

    seller: Seller
    is_owner: bool
    others: list[Seller]


def reach_of(user: Any, seller_id: int) -> Reach:
    """For the seller's own people, and for who may see all. Raises `Http404` for anyone else: as if it were not.

    Owners alone change where the money goes and who the seller is in law; managers and staff look.
    """
    own = SellerMember.objects.filter(user=user.pk).select_related("seller").order_by("seller__name")
    roles = {member.seller: member.role for member in own}
    seller = next((one for one in roles if one.pk == seller_id), None)
    if seller is None and user.has_perm(SEE_ALL):
        seller = Seller.objects.filter(pk=seller_id).first()
    if seller is None:
        raise Http404
    return Reach(seller, roles.get(seller) == SellerMember.Role.OWNER, [one for one in roles if one != seller])
