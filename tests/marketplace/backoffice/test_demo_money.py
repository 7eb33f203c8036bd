"""The demo's sellers can be paid, by the rates its rows say."""

import pytest

from marketplace.backoffice.demo import money, shops
from marketplace.payouts.models import Payout, PayoutSkip
from marketplace.payouts.services import propose_run
from tests.factories.payouts import make_available

pytestmark = pytest.mark.django_db


def test_the_demos_sellers_are_proposed_with_tax_withheld_by_residence() -> None:
    sellers = shops.make_sellers()
    for _ in range(2):
        money.make_levies()
        money.make_payable(sellers)
    for slug in ("baobab-sessions", "pearl-film", money.WAITING):
        make_available(sellers[slug], 200_000)
    propose_run(actor_id=1)
    rates = dict(Payout.objects.values_list("seller__slug", "withholding_basis_points"))
    assert rates == {"baobab-sessions": 500, "pearl-film": 2000}
    assert PayoutSkip.objects.get().code == "unverified"
