"""Shares become available in time, a part of them by way of the reserve."""

from datetime import timedelta

import pytest
import time_machine

from marketplace.core import clock
from marketplace.ledger.accounts import Code, of_seller
from marketplace.ledger.services import post
from marketplace.notifications.models import Alert
from marketplace.payouts.models import Earning, Terms
from marketplace.payouts.services import mature_reserves, release_due, release_earning
from tests.factories.commerce import make_seller
from tests.factories.payouts import make_earning, owed, refund

pytestmark = pytest.mark.django_db
OLD = timedelta(days=10)


def test_a_share_is_released_once_when_its_hold_is_over() -> None:
    earning = make_earning()
    with time_machine.travel(clock.now() + timedelta(days=2, hours=23)):
        assert release_due() == 0
    with time_machine.travel(clock.now() + timedelta(days=3, seconds=1)):
        assert release_due() == 1
        assert release_due() == 0
        assert release_earning(earning_id=earning.pk) is False
    assert owed(earning.seller) == {"2120": 100_000}


def test_a_reserve_matures_after_its_days() -> None:
    Terms.objects.create(reserve_basis_points=1_000, reserve_days=30, valid_from="2020-01-01")
    earning = make_earning(gross=85_000, at=clock.now() - OLD)
    release_due()
    assert owed(earning.seller) == {"2120": 76_500, "2130": 8_500}
    assert mature_reserves() == 0
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert mature_reserves() == 1
        assert mature_reserves() == 0
    assert owed(earning.seller) == {"2120": 85_000}


def test_a_reserve_eaten_by_a_refund_matures_with_what_is_left() -> None:
    Terms.objects.create(reserve_basis_points=5_000, reserve_days=30, valid_from="2020-01-01")
    seller = make_seller()
    one, two = (make_earning(seller=seller, gross=1_000, at=clock.now() - OLD) for _ in range(2))
    release_due()
    one.refresh_from_db()
    refund(one, share=1_000)  # all of what is available
    two.refresh_from_db()
    refund(two, share=300)  # and of the reserve
    assert owed(seller) == {"2130": 700}
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert mature_reserves() == 2
    assert owed(seller) == {"2120": 700}
    assert not Earning.objects.filter(reserve_minor__gt=0, reserve_matured_at=None).exists()


def test_a_sale_given_back_whole_is_released_with_nothing_to_book() -> None:
    earning = make_earning(at=clock.now() - OLD)
    refund(earning)
    assert release_due() == 1
    assert owed(earning.seller) == {}


def test_a_share_that_cannot_be_released_holds_up_no_other() -> None:
    stuck, later = make_earning(at=clock.now() - 2 * OLD), make_earning(at=clock.now() - OLD)
    minor = {of_seller(Code.SELLER_PENDING, stuck.seller_id): 1, of_seller(Code.SELLER_AVAILABLE, stuck.seller_id): -1}
    post(key=f"earning:{stuck.pk}:release", kind="release", currency="KES", lines=minor)  # its name is taken
    assert release_due() == 1
    assert release_due() == 0
    later.refresh_from_db()
    stuck.refresh_from_db()
    assert (stuck.status, later.status) == ("pending", "released")
    alert = Alert.objects.get(closed_at=None)
    assert (alert.code, alert.times) == ("payout_upkeep_problem", 2)
    assert "releasing shares" in alert.subject
