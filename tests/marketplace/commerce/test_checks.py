"""The checks find what they are there to find. Wrong rows are written past the services, as a bug would."""

from collections.abc import Callable

import pytest
from django.db import connection

from marketplace.commerce import checks
from marketplace.commerce.models import Order, OrderLine, OrderRefundLine, StockPool
from marketplace.licensing.checks import licenses_are_paid
from marketplace.ticketing.checks import tickets_are_paid
from marketplace.ticketing.models import Ticket
from tests.factories.licensing import a_license
from tests.marketplace.commerce.money import books_hold, give_back, sold

pytestmark = pytest.mark.django_db


def found(check: Callable) -> str:
    return " / ".join(f"{finding.where}: {finding.text}" for finding in check())


@pytest.fixture
def order() -> Order:
    order = sold(quantity=2, provider="stripe")
    give_back(order, 1)
    books_hold()
    return order


def test_a_paid_order_nobody_booked(order: Order):
    OrderLine.objects.filter(order=order).update(fee_minor=0)
    assert "is booked on 4010; its lines say 0" in found(checks.orders_and_sales)


def test_an_order_that_is_booked_and_not_paid(order: Order):
    Order.objects.filter(pk=order.pk).update(status="expired")
    assert f"order {order.code}" in found(checks.orders_and_sales)
    assert "was delivered, and it is expired" in found(checks.paid_is_delivered)
    assert "live" in found(tickets_are_paid)


def test_a_paid_order_without_a_payment(order: Order):
    Order.objects.filter(pk=order.pk).update(paid_by=None)
    assert "no payment" in found(checks.orders_and_payments)


def test_a_refund_whose_rows_were_changed(order: Order):
    OrderRefundLine.objects.update(total_minor=1, share_minor=1, fee_minor=0, tax_minor=0, commission_tax_minor=0)
    assert "is not the sum of its lines" in found(checks.refunds_and_entries)
    assert "rows say 1" in found(checks.refunds_and_orders)


def test_a_refund_nobody_booked(order: Order):
    order.refunds.update(number=9)
    assert "is not booked" in found(checks.refunds_and_entries)


def test_a_unit_that_ended_twice(order: Order):
    OrderRefundLine.objects.update(positions=[1, 1])
    assert "unit 1 was ended 2 times" in found(checks.refunds_and_orders)


def test_what_was_never_delivered(order: Order):
    Order.objects.filter(pk=order.pk).update(status="paid", paid_at="2026-01-01T00:00Z")
    assert "is paid and was not delivered" in found(checks.paid_is_delivered)


def test_a_ticket_that_was_given_back_and_opens_the_door(order: Order):
    Ticket.objects.update(status="valid")
    assert "2 of 2 live, 1 ended" in found(tickets_are_paid)


def test_a_license_without_money():
    a_license(status="expired")
    assert "1 of 1 live, 0 ended, expired" in found(licenses_are_paid)


def test_counters_that_lie(order: Order):
    StockPool.objects.update(sold=7)
    assert "sold 7, by rows 1" in found(checks.stock_is_counted)


def test_the_checks_of_a_room_ask_a_bounded_number_of_questions(order: Order, django_assert_max_num_queries):
    sold(ticket=Ticket.objects.first().ticket_type)
    with django_assert_max_num_queries(32, connection=connection):
        for check in (checks.orders_and_sales, checks.orders_and_payments, checks.refunds_and_entries,
                      checks.refunds_and_orders, checks.paid_is_delivered, checks.stock_is_counted):  # fmt: skip
            list(check())
