from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import Collection

from marketplace.audit.services import record
from marketplace.sellers.models import Seller, SellerMember
from marketplace.users.models import User

SHELF = "Sellers"
"""Name of the group whose members are confined, and of the collection under which each seller has one."""


def open_shop(*, name: str, slug: str, owner: User | None, actor_id: int | None, **fields: Any) -> Seller:
    """A seller with a collection for its own files and, when given, its first person.

    Raises IntegrityError on a taken slug.
    """
    with transaction.atomic():
        seller = Seller.objects.create(name=name, slug=slug, collection=_collection(name), **fields)
        record(action="seller.opened", target=seller, actor_id=actor_id)
        if owner is not None:
            join_shop(seller=seller, user=owner, role=SellerMember.Role.OWNER, actor_id=actor_id)
    return seller


def join_shop(*, seller: Seller, user: User, role: str, actor_id: int | None) -> SellerMember:
    """Let a person act for the seller, and into the admin. Repeating it changes the role at most."""
    with transaction.atomic():
        member, _ = SellerMember.objects.update_or_create(seller=seller, user=user, defaults={"role": role})
        user.groups.add(Group.objects.get(name=SHELF))
        record(action="seller.joined", target=seller, actor_id=actor_id, data={"user_id": user.pk, "role": role})
    return member


def leave_shop(*, seller: Seller, user: User, actor_id: int | None) -> None:
    """The person acts for the seller no longer; with the last one gone, not for any."""
    with transaction.atomic():
        SellerMember.objects.filter(seller=seller, user=user).delete()
        if not user.seller_memberships.exists():
            user.groups.remove(Group.objects.get(name=SHELF))
        record(action="seller.left", target=seller, actor_id=actor_id, data={"user_id": user.pk})


def _collection(name: str) -> Collection:
    root = Collection.get_first_root_node()
    shelf = root.get_children().filter(name=SHELF).first() or root.add_child(name=SHELF)
    return shelf.add_child(name=name[:255])
