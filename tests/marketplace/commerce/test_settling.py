"""What money does to orders: once, late, twice, too late to tell."""

from collections.abc import Callable

import pytest
import time_machine
from django.core import mail

from marketplace.commerce import upkeep
from marketplace.commerce.models import Claim, Order, OrderReview
from marketplace.commerce.services import expire_order, fulfill_order, mark_paid, stop_sales
from marketplace.core import clock
from marketplace.core.models import OutboxEvent
from marketplace.ledger.models import Entry
from marketplace.ledger.selectors import balance, trial_balance
from marketplace.notifications.services import send_waiting
from marketplace.payments.models import Payment, PaymentClient, Refund
from tests.factories.commerce import make_offer, make_order
from tests.factories.payments import make_payment
from tests.marketplace.commerce.buying import Shopper, work
from tests.marketplace.commerce.conftest import Goods
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db


def payment_for(order: Order, status: str = "succeeded", **fields) -> Payment:
    attempt = Payment.objects.filter(reference=order.code).count() + 1
    return make_payment(
        reference=order.code, attempt=attempt, status=status, amount=fields.pop("amount", order.total_minor),
        currency=order.currency, **fields,
    )  # fmt: skip


def reviews(order: Order) -> list[str]:
    return sorted(OrderReview.objects.filter(order=order).values_list("reason", flat=True))


def stock(order: Order) -> tuple[int, int]:
    pool = order.lines.get().offer.pools.get()
    return pool.held, pool.sold


def test_news_told_many_times_is_booked_and_delivered_once(goods: Goods):
    order = make_order(quantity=2)
    payment = payment_for(order)
    for _ in range(3):
        mark_paid(payment_id=str(payment.pk))
        work()
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert order.paid_by == payment
    assert Entry.objects.count() == 1
    assert stock(order) == (0, 2)
    assert OutboxEvent.objects.filter(handler="marketplace.commerce.handlers.deliver").count() == 1
    send_waiting()
    assert len(mail.outbox) == 1


def test_a_late_success_takes_the_stock_again_when_it_is_still_there(goods: Goods):
    order = make_order()
    with time_machine.travel(clock.in_seconds(3600)):
        upkeep.release_expired()
        assert stock(order) == (0, 0)
        payment = payment_for(order)
        for _ in range(2):
            mark_paid(payment_id=str(payment.pk))
        work()
        order.refresh_from_db()
        assert order.status == Order.Status.FULFILLED
        assert stock(order) == (0, 1)
        assert goods.made == {order.lines.get().pk: 1}
        assert reviews(order) == []
        assert balance(code="2910", currency="KES") == 0
        assert upkeep.recount_stock() == []


def test_a_late_success_goes_back_by_itself_when_somebody_else_has_it(goods: Goods):
    offer = make_offer("thing", capacity=1)
    order = make_order(offer=offer)
    with time_machine.travel(clock.in_seconds(3600)):
        upkeep.release_expired()
        other = make_order(offer=offer, email="juma@example.com", paid=True)
        payment = payment_for(order)
        for _ in range(2):
            mark_paid(payment_id=str(payment.pk))
        order.refresh_from_db()
        payment.refresh_from_db()
        assert order.status == Order.Status.EXPIRED
        assert stock(other) == (0, 1)
        assert payment.refunded_minor == order.total_minor
        assert Refund.objects.filter(payment=payment).count() == 1
        assert reviews(order) == ["late_payment"]
        assert OrderReview.objects.get().resolution == "given back"
        assert balance(code="2910", currency="KES") == 0
        assert balance(code="2410", currency="KES") == -order.total_minor
        send_waiting()
        assert [letter.subject for letter in mail.outbox] == [f"Your money for order {order.code} is on its way back"]


def test_a_late_success_of_something_taken_off_sale_goes_back(goods: Goods):
    order = make_order()
    with time_machine.travel(clock.in_seconds(3600)):
        upkeep.release_expired()
        stop_sales(offer_ids=[order.lines.get().offer_id], actor_id=None)
        mark_paid(payment_id=str(payment_for(order).pk))
        order.refresh_from_db()
        assert order.status == Order.Status.EXPIRED
        assert balance(code="2410", currency="KES") == -order.total_minor


def test_late_money_with_no_way_back_waits_for_a_person(goods: Goods):
    order = make_order()
    with time_machine.travel(clock.in_seconds(3600)):
        upkeep.release_expired()
        stop_sales(offer_ids=[order.lines.get().offer_id], actor_id=None)
        payment = payment_for(order)
        PaymentClient.objects.filter(payment=payment).update(phone="")
        Payment.objects.filter(pk=payment.pk).update(receipt=None)
        mark_paid(payment_id=str(payment.pk))
        assert OrderReview.objects.get().resolved_at is None
        assert balance(code="2910", currency="KES") == -order.total_minor
        send_waiting()
        assert "looking at your payment" in mail.outbox[0].subject


def test_a_second_success_goes_back_without_touching_the_fulfillment(goods: Goods):
    order = make_order()
    mark_paid(payment_id=str(payment_for(order).pk))
    work()
    second = payment_for(order)
    mark_paid(payment_id=str(second.pk))
    mark_paid(payment_id=str(second.pk))
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert reviews(order) == ["second_payment"]
    assert goods.made == {order.lines.get().pk: 1}
    assert sum(trial_balance("KES").values()) == 0
    assert balance(code="1020", currency="KES") == 2 * order.total_minor
    assert balance(code="2910", currency="KES") == 0
    assert balance(code="2410", currency="KES") == -order.total_minor
    send_waiting()
    assert sorted("second payment" in letter.body for letter in mail.outbox) == [False, True]


def test_a_wrong_amount_pays_nothing(goods: Goods):
    order = make_order(price=100_000)
    mark_paid(payment_id=str(payment_for(order, amount=50_000).pk))
    order.refresh_from_db()
    assert (order.status, order.review_reason) == ("review", "wrong_amount")
    assert balance(code="2910", currency="KES") == -50_000


def test_a_payment_for_nothing_of_ours_is_left_alone():
    assert mark_paid(payment_id=str(make_payment(reference="ELSE", status="succeeded").pk)) is None


def test_an_order_whose_payment_nobody_can_tell_keeps_its_stock_until_somebody_can(goods: Goods):
    order = make_order()
    payment = payment_for(order, status="review")
    from marketplace.commerce.handlers import questioned

    questioned(payment_id=str(payment.pk), reference=order.code, reason="no_answer")
    order.refresh_from_db()
    assert (order.status, order.review_reason) == ("review", "payment_unknown")
    with time_machine.travel(clock.in_seconds(7200)):
        upkeep.release_expired()
        assert stock(order) == (1, 0)
    Payment.objects.filter(pk=payment.pk).update(status="succeeded")
    mark_paid(payment_id=str(payment.pk))
    work()
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert stock(order) == (0, 1)
    assert OrderReview.objects.get().resolved_at is not None


def test_an_order_whose_payment_turns_out_to_have_failed_gives_its_stock_back():
    from marketplace.commerce.handlers import failed, questioned

    order = make_order()
    payment = payment_for(order, status="review")
    questioned(payment_id=str(payment.pk), reference=order.code, reason="no_answer")
    Payment.objects.filter(pk=payment.pk).update(status="failed")
    for _ in range(2):
        failed(payment_id=str(payment.pk), reference=order.code, code="1032")
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert stock(order) == (0, 0)


def test_a_failed_payment_leaves_the_order_waiting():
    from marketplace.commerce.handlers import failed

    order = make_order()
    payment = payment_for(order, status="failed")
    failed(payment_id=str(payment.pk), reference=order.code, code="1032")
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert stock(order) == (1, 0)


def test_a_worker_that_dies_half_way_goes_on_where_it_stopped(goods: Goods):
    order = make_order(lines=3)
    lines = list(order.lines.all())
    goods.break_before = {lines[1].pk}
    mark_paid(payment_id=str(payment_for(order).pk))
    with pytest.raises(RuntimeError):
        fulfill_order(order_code=order.code)
    assert list(goods.made) == [lines[0].pk]
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    goods.made.clear()
    work()
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert list(goods.made) == [lines[1].pk, lines[2].pk], "what was delivered is not delivered again"


def test_an_order_nobody_can_fulfill_stays_paid_and_is_tried_again():
    order = make_order(kind="unheard-of")
    mark_paid(payment_id=str(payment_for(order).pk))
    work()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert "nobody fulfills" in OutboxEvent.objects.get(handler="marketplace.commerce.handlers.deliver").last_error


def test_stock_is_released_only_when_the_provider_confirms(shopper: Shopper, simulator: SimulatorProcess):
    simulator.control("settings", outcome_delay=9000)
    shopper.add(make_offer("thing", capacity=5))
    shopper.check_out()
    order = shopper.order()
    with time_machine.travel(clock.in_seconds(3600)):
        upkeep.release_expired()
        order.refresh_from_db()
        assert (order.status, stock(order)) == ("pending", (1, 0)), "the prompt may still be answered"
        assert order.expires_at > clock.now()
    simulator.advance(9500)
    with time_machine.travel(clock.in_seconds(7200)):
        upkeep.release_expired()
        order.refresh_from_db()
        assert (order.status, stock(order)) == ("expired", (0, 0))


@pytest.mark.parametrize("status", ["succeeded", "review"])
def test_an_order_is_not_ended_while_news_of_its_payment_is_on_the_way(status: str):
    order = make_order()
    payment_for(order, status=status)
    with time_machine.travel(clock.in_seconds(3600)):
        assert expire_order(order_id=order.pk).status == Order.Status.PENDING
        assert stock(order) == (1, 0)


def test_an_order_that_can_still_be_paid_is_not_ended():
    order = make_order()
    assert expire_order(order_id=order.pk).status == Order.Status.PENDING


@pytest.mark.parametrize("delete", [lambda o: o.delete(), lambda o: Order.objects.filter(pk=o.pk).delete()])
def test_orders_cannot_be_deleted(delete: Callable[[Order], object]):
    order = make_order()
    with pytest.raises(Exception, match=r"never deleted|protected"):
        delete(order)
    assert Order.objects.filter(pk=order.pk).exists()


def test_counters_that_lie_are_reported():
    offer = make_offer(capacity=5)
    make_order(offer=offer)
    assert upkeep.recount_stock() == []
    offer.pools.update(sold=2)
    (wrong,) = upkeep.recount_stock()
    assert (wrong.held, wrong.held_by_rows, wrong.sold, wrong.sold_by_rows) == (1, 1, 2, 0)


def test_old_carts_are_forgotten_and_their_holds_given_back():
    from marketplace.commerce.models import Cart
    from marketplace.commerce.services import Wish, add_to_cart

    offer = make_offer(capacity=5)
    add_to_cart(token=None, wishes=[Wish(offer.pk, 2)])
    with time_machine.travel(clock.in_seconds(15 * 86400)):
        fresh = add_to_cart(token=None, wishes=[Wish(offer.pk, 1)])
        assert upkeep.forget_old_carts() == 1
        assert list(Cart.objects.all()) == [fresh]
        assert [claim.quantity for claim in Claim.objects.all()] == [1]
        assert offer.pools.get().held == 1
        assert upkeep.recount_stock() == []
