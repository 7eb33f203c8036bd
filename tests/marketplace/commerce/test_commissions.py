"""What we take of a sale: as agreed with the seller for this category, on this day, and the tax on it."""

import pytest

from marketplace.commerce.models import OrderLine
from marketplace.payouts.models import LevyRate, Terms
from tests.factories.commerce import make_offer, make_order, make_rate, make_seller

pytestmark = pytest.mark.django_db


def line_of(**offer) -> OrderLine:
    return make_order(offer=make_offer("thing", **offer)).lines.get()


def agreed(points: int | None, **fields) -> None:
    Terms.objects.create(fee_basis_points=points, valid_from="2020-01-01", **fields)


def test_without_an_agreement_the_sellers_own_rate_holds():
    agreed(None)
    assert line_of(seller=make_seller(fee_basis_points=700)).fee_minor == 7_000


def test_the_most_specific_agreement_holds():
    seller = make_seller(fee_basis_points=700)
    agreed(600)
    agreed(300, seller=seller)
    agreed(200, seller=seller, category="music")
    assert line_of(seller=seller).fee_minor == 3_000
    assert line_of(seller=seller, category="music").fee_minor == 2_000
    assert line_of().fee_minor == 6_000


def test_an_agreement_never_changes_what_the_buyer_pays():
    seller = make_seller(fee_basis_points=1_000, fee_mode="passed_on")
    agreed(300, seller=seller)
    line = line_of(seller=seller)
    assert (line.total_minor, line.fee_minor, line.seller_share_minor) == (110_000, 10_000, 100_000)


def test_the_tax_on_our_commission_is_the_sellers_countrys_on_that_day():
    for country, points in (("KE", 1600), ("UG", 1800)):
        LevyRate.objects.create(kind="commission_tax", country=country, basis_points=points, valid_from="2020-01-01")
    LevyRate.objects.create(
        kind="commission_tax", country="TZ", basis_points=1_800, valid_from="2020-01-01", valid_to="2021-01-01"
    )
    sellers = [make_seller(fee_basis_points=1_000, country=country) for country in ("KE", "UG", "TZ")]
    taxes = [line_of(seller=seller).commission_tax_minor for seller in sellers]
    assert taxes == [1_600, 1_800, 0]


def test_a_line_copies_category_and_refund_rule():
    line = line_of(category="music", refund_rule="after", refund_days=14, refund_percent=80)
    assert (line.category, line.refund_rule, line.refund_days, line.refund_percent) == ("music", "after", 14, 80)


@pytest.mark.parametrize("price", [100, 200, 700, 1_300, 9_900])
@pytest.mark.parametrize("fixed", [0, 50, 5_000, 1_000_000])
def test_the_seller_never_owes_anything_for_a_sale(price: int, fixed: int):
    make_rate(1600)
    LevyRate.objects.create(kind="commission_tax", country="KE", basis_points=1600, valid_from="2020-01-01")
    line = line_of(
        price=price, seller=make_seller(fee_basis_points=1_000, fee_fixed={"KES": fixed}, tax_registered=True)
    )
    assert line.seller_share_minor >= 0
    assert line.total_minor == line.seller_share_minor + line.fee_minor + line.tax_minor + line.commission_tax_minor
