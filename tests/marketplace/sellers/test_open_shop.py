"""Opening a shop: a seller with its own collection, and people who may act for it."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.audit.models import LogEntry
from marketplace.sellers.models import SellerMember
from marketplace.sellers.policy import reach
from marketplace.sellers.selectors import acts_for
from marketplace.sellers.services import join_shop, leave_shop, open_shop
from marketplace.users.models import User
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_each_seller_has_a_collection_of_its_own_under_one_shelf():
    one = open_shop(name="Baobab", slug="baobab", owner=None, actor_id=None)
    two = open_shop(name="Savanna", slug="savanna", owner=None, actor_id=None)
    assert one.collection.get_parent() == two.collection.get_parent()
    assert one.collection.get_parent().name == "Sellers"
    assert one.collection != two.collection


def test_the_owner_acts_for_it_and_is_confined_to_it():
    owner, other = make_user(), make_user()
    shop = open_shop(name="Baobab", slug="baobab", owner=owner, actor_id=1)
    open_shop(name="Savanna", slug="savanna", owner=other, actor_id=1)
    assert reach(fresh(owner)) == {shop.pk}
    assert acts_for(owner, shop.pk)
    assert not acts_for(other, shop.pk)
    assert fresh(owner).has_perm("wagtailadmin.access_admin")
    assert list(LogEntry.objects.order_by("at").values_list("action", flat=True))[:2] == [
        "seller.opened",
        "seller.joined",
    ]


def test_leaving_takes_the_admin_away_with_the_last_shop_only():
    owner = make_user()
    one = open_shop(name="Baobab", slug="baobab", owner=owner, actor_id=None)
    two = open_shop(name="Savanna", slug="savanna", owner=owner, actor_id=None)
    leave_shop(seller=one, user=owner, actor_id=None)
    assert reach(fresh(owner)) == {two.pk}
    leave_shop(seller=two, user=owner, actor_id=None)
    assert reach(fresh(owner)) is None
    assert not fresh(owner).has_perm("wagtailadmin.access_admin")


def test_joining_twice_changes_the_role_only():
    user = make_user()
    shop = open_shop(name="Baobab", slug="baobab", owner=user, actor_id=None)
    join_shop(seller=shop, user=user, role=SellerMember.Role.MANAGER, actor_id=None)
    assert list(shop.members.values_list("role", flat=True)) == ["manager"]


def test_a_taken_slug_leaves_nothing_behind():
    open_shop(name="Baobab", slug="baobab", owner=None, actor_id=None)
    before = LogEntry.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        open_shop(name="Another", slug="baobab", owner=None, actor_id=None)
    assert LogEntry.objects.count() == before


@pytest.mark.parametrize("role", ["Editors", "Finance", "Support", "Admins"])
def test_staff_who_also_sell_are_not_confined(role):
    user = make_user(role=role)
    open_shop(name="Baobab", slug="baobab", owner=user, actor_id=None)
    assert reach(fresh(user)) is None
