"""Typing an order's code into M-Pesa's own menu, when no request comes to the phone."""

import pytest
from django.conf import LazySettings

from marketplace.commerce.models import Order
from marketplace.payments.models import PaybillReceipt
from marketplace.payments.paybill import find
from marketplace.payments.services.pay_by_hand import pay_by_hand
from tests.factories.commerce import make_order
from tests.factories.payments import make_payment
from tests.marketplace.commerce.buying import Shopper, text_of, work
from tests.marketplace.commerce.conftest import Goods

pytestmark = pytest.mark.django_db


def receipt_for(order: Order) -> PaybillReceipt:
    return PaybillReceipt.objects.create(
        status="waiting", receipt="SKX1", amount_minor=order.total_minor, shortcode="174379",
        reference_typed=order.code.lower(), reference=order.code, paid_at=order.placed_at,
    )  # fmt: skip


def test_an_order_is_payable_by_its_code_while_it_waits():
    order = make_order()
    found = find(order.code)
    assert (found.reference, found.amount, found.open) == (order.code, order.total, True)
    Order.objects.filter(pk=order.pk).update(status="expired")
    assert not find(order.code).open
    assert find("NOSUCH22") is None


def test_money_typed_by_hand_pays_the_order(goods: Goods):
    order = make_order()
    pay_by_hand(receipt_for(order), find(order.code).reference, source="callback")
    work()
    order.refresh_from_db()
    assert (order.status, order.paid_by.receipt) == ("fulfilled", "SKX1")


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_the_waiting_page_and_the_failed_page_say_what_to_type(shopper: Shopper, status: str):
    order = make_order(price=116_000)
    make_payment(reference=order.code, amount=order.total_minor, status=status)
    page = shopper.get(order)
    for value in ("174379", order.code, "1160"):
        assert f'data-copy="{value}"' in page.content.decode()
    assert "KES 1,160" in text_of(page)


def test_nothing_is_said_of_it_when_there_is_only_a_till(shopper: Shopper, settings: LazySettings):
    settings.MPESA = {**settings.MPESA, "transaction_type": "CustomerBuyGoodsOnline"}
    order = make_order()
    assert "Pay by hand" not in text_of(shopper.get(order))


def test_a_paid_order_says_nothing_of_it(shopper: Shopper, goods: Goods):
    order = make_order(paid=True)
    assert "Pay by hand" not in text_of(shopper.get(order))
