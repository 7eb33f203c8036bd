"""The page of a sale: from what the buyer paid to what the seller gets, nothing left out."""

import datetime as dt

import pytest
from django.test import Client
from django.utils.html import strip_tags

from marketplace.commerce.models import Order, OrderLine
from marketplace.commerce.refunds.left import parts_left
from marketplace.commerce.services import ask_refund, decide_refund
from marketplace.core.money import Money
from marketplace.payouts.models import LevyRate
from marketplace.sellers.services import join_shop
from tests.factories.commerce import make_offer, make_seller
from tests.factories.desks import make_sale
from tests.factories.users import make_user
from tests.marketplace.commerce.money import dispute, give_back, sold, tell

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


def page_of(order: Order) -> str:
    """As an owner of the shop sees it."""
    line, user, client = order.lines.get(), make_user(), Client()
    join_shop(seller=line.seller, user=user, role="owner", actor_id=None)
    client.force_login(user)
    return client.get(f"/admin/sales/inspect/{line.pk}/").content.decode()


def words_of(order: Order) -> str:
    return " ".join(strip_tags(page_of(order).replace("<", " <")).split())


def left(order: Order) -> str:
    """What the page must say is left, by the sums that refunds themselves go by."""
    line = order.lines.get()
    return f"Left of the share {Money(parts_left([line])[line.pk].share, 'KES')}"


def test_a_sale_to_which_nothing_happened_tells_no_story() -> None:
    assert "What happened since" not in words_of(sold())


def test_what_was_given_back_and_refused_is_told_with_what_is_left() -> None:
    order = sold(quantity=2)
    give_back(order, 1, reason="Ill")
    page = words_of(order)
    assert "1 ticket or license has ended." in page
    assert "Reason: Ill" in page
    assert left(order) in page
    assert left(order) != f"Left of the share {Money(order.lines.get().seller_share_minor, 'KES')}"

    asked = ask_refund(order_id=order.pk, chosen={order.lines.get().pk: [2]}, reason="Also ill")
    assert "It is about 1 ticket or license." in words_of(order)
    decide_refund(refund_id=asked.pk, accept=False, actor_id=None, answer="It was yesterday")
    page = words_of(order)
    assert "Refund: refused" in page
    assert "Answer: It was yesterday" in page
    assert left(order) in page, "what was refused takes nothing"


def test_a_dispute_is_told_from_beginning_to_end_and_no_refund_offered_meanwhile() -> None:
    order = sold(provider="stripe")
    line = order.lines.get()
    offered = f"/admin/sale-refund/{line.pk}/"
    assert offered in page_of(order)

    case = dispute(order.paid_by)
    assert "Dispute: open" in words_of(order)
    assert "Left of the share KES 0" in words_of(order)
    assert offered not in page_of(order)

    tell(case, status="won", funds_taken=False)
    assert "Dispute: over" in words_of(order)
    assert left(order) == f"Left of the share {Money(line.seller_share_minor, 'KES')}"
    assert left(order) in words_of(order)
    assert offered in page_of(order)


def test_a_lost_dispute_leaves_nothing() -> None:
    order = sold(provider="stripe")
    tell(dispute(order.paid_by), status="lost")
    page = words_of(order)
    assert "Dispute: lost" in page
    assert "What was bought has ended" in page
    assert "Left of the share KES 0" in page
