"""The page of a sale: from what the buyer paid to what the seller gets, nothing left out."""

import datetime as dt

import pytest
from django.test import Client

from marketplace.commerce.models import OrderLine
from marketplace.core.money import Money
from marketplace.payouts.models import LevyRate
from tests.factories.commerce import make_offer, make_seller
from tests.factories.desks import make_sale
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_the_tax_on_the_fee_is_a_line_of_its_own_between_price_and_share() -> None:
    LevyRate.objects.create(
        kind="commission_tax", country="KE", resident=True, basis_points=1600, valid_from=dt.date(2020, 1, 1)
    )
    order = make_sale(make_offer(price_minor=100_000, seller=make_seller(fee_fixed={"KES": 2000})), quantity=2)
    line = OrderLine.objects.get(order=order)
    assert line.commission_tax_minor
    client = Client()
    client.force_login(make_user(role="Admins"))
    page = client.get(f"/admin/sales/inspect/{line.pk}/").content.decode()
    for minor in (line.total_minor, line.commission_tax_minor, line.seller_share_minor):
        assert str(Money(minor, "KES")) in page
    assert "Tax on the fee" in page
