"""Real PostgreSQL, real connections: the services under many callers at once."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection

from marketplace.commerce.cart_view import cart_view, fingerprint
from marketplace.commerce.models import Cart, Claim, Order, OrderReview, StockPool
from marketplace.commerce.services import (
    Addresses,
    Buyer,
    Wish,
    add_to_cart,
    expire_order,
    mark_paid,
    pay_order,
    place_order,
)
from marketplace.commerce.services.join_cart import join_cart
from marketplace.commerce.upkeep import recount_stock, release_expired
from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.core.models import OutboxEvent
from marketplace.ledger.models import Entry
from marketplace.ledger.selectors import trial_balance
from marketplace.payments.models import Payment
from marketplace.payments.services import ClientDetails
from marketplace.users.models import User
from tests.factories.commerce import make_cart, make_offer, make_order, make_pool, make_seller
from tests.factories.payments import make_payment
from tests.simulator_process import SimulatorProcess

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed_db")]


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Run every call in a thread and connection of its own, all released together: `ok` or a refusal's code each."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> str:
        try:
            gate.wait()
            call()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "ok"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def adder(*offers: Any, quantity: int = 1, token: str | None = None) -> Callable[[], Cart]:
    wishes = [Wish(offer.pk, quantity) for offer in offers]
    return lambda: add_to_cart(token=token, wishes=wishes)


def placer(token: str) -> Callable[[], Order]:
    seen = fingerprint(cart_view(token).quote)
    return lambda: place_order(token=token, seen=seen, buyer=Buyer(email="a@example.com"), terms="")


def only_pool() -> StockPool:
    return StockPool.objects.get()


def test_the_last_ticket_goes_to_one_of_two():
    offer = make_offer(capacity=1)
    for _ in range(10):
        assert sorted(at_once(adder(offer), adder(offer))) == ["ok", "sold_out"]
        Claim.objects.all().delete()
        StockPool.objects.update(held=0)


def test_many_for_few():
    offer = make_offer(capacity=7)
    assert Counter(at_once(*[adder(offer) for _ in range(30)])) == {"ok": 7, "sold_out": 23}
    assert (only_pool().held, only_pool().free) == (7, 0)
    assert recount_stock() == []


def test_a_hold_that_runs_out_is_taken_by_exactly_one():
    offer = make_offer(capacity=1)
    make_cart(offer)
    with time_machine.travel(clock.in_seconds(901)):
        outcome = at_once(*[adder(offer) for _ in range(8)], release_expired)
        assert Counter(outcome) == {"ok": 2, "sold_out": 7}, "one buyer, and the sweeper"
        assert only_pool().held == 1
        assert recount_stock() == []


def test_an_expired_cart_and_a_newcomer_do_not_both_get_it():
    offer = make_offer(capacity=1)
    cart = make_cart(offer)
    with time_machine.travel(clock.in_seconds(901)):
        outcome = at_once(placer(cart.token), adder(offer))
        assert sorted(outcome) in (["ok", "sold_out"], ["hold_expired", "ok"])
        assert only_pool().held == 1
        assert recount_stock() == []


def test_carts_that_want_the_same_pools_in_different_order_do_not_block_each_other():
    seller = make_seller()
    pools = [make_pool(200, seller=seller) for _ in range(3)]
    offers = [make_offer(pools=pools), make_offer(pools=pools[::-1]), make_offer(pools=[pools[2], pools[0]])]
    calls = [adder(*order) for _ in range(6) for order in (offers, offers[::-1], offers[1:])]
    assert Counter(at_once(*calls)) == {"ok": 18}
    assert recount_stock() == []


def test_one_cart_changed_from_many_windows_keeps_count():
    offer = make_offer(capacity=50, max_per_order=40)
    cart = make_cart(offer)
    assert Counter(at_once(*[adder(offer, token=cart.token) for _ in range(12)])) == {"ok": 12}
    assert cart_view(cart.token).count == only_pool().held == 13
    assert recount_stock() == []


def test_a_button_pressed_many_times_places_one_order():
    cart = make_cart(make_offer(capacity=3))
    assert Counter(at_once(*[placer(cart.token)] * 8)) == {"ok": 8}
    assert Order.objects.count() == 1
    assert only_pool().held == 1


def test_placing_and_emptying_the_same_cart():
    from marketplace.commerce.services import empty_cart

    offer = make_offer(capacity=3)
    for _ in range(5):
        cart = make_cart(offer)
        at_once(placer(cart.token), lambda token=cart.token: empty_cart(token=token))
        assert not Cart.objects.exists()
        assert recount_stock() == []
        Claim.objects.all().delete()
        StockPool.objects.update(held=0)


def paid_payment(order: Order, attempt: int = 1) -> str:
    payment = make_payment(reference=order.code, attempt=attempt, amount=order.total_minor, status="succeeded")
    return str(payment.pk)


def run_many(call: Callable[..., Any], arguments: Sequence[dict[str, Any]]) -> list[str]:
    return at_once(*[lambda given=given: call(**given) for given in arguments])


def test_one_payment_confirmed_by_many_pays_once():
    order = make_order(quantity=2)
    payment = paid_payment(order)
    assert Counter(run_many(mark_paid, [{"payment_id": payment}] * 8)) == {"ok": 8}
    assert Order.objects.get().status == "paid"
    assert Entry.objects.count() == 1
    assert OutboxEvent.objects.filter(handler="marketplace.commerce.handlers.deliver").count() == 1
    assert (only_pool().held, only_pool().sold) == (0, 2)


def test_two_payments_of_one_order_at_once():
    order = make_order()
    payments = [paid_payment(order, attempt) for attempt in (1, 2)]
    assert run_many(mark_paid, [{"payment_id": payment} for payment in payments] * 3) == ["ok"] * 6
    assert Order.objects.get().status == "paid"
    assert OrderReview.objects.get().reason == "second_payment"
    assert Entry.objects.filter(kind="sale").count() == Entry.objects.filter(kind="unallocated").count() == 1
    assert sum(trial_balance("KES").values()) == 0
    assert (only_pool().held, only_pool().sold) == (0, 1)


def test_success_and_expiry_at_the_same_moment():
    for _ in range(6):
        order = make_order()
        pool = order.lines.get().offer.pools.get()
        with time_machine.travel(clock.in_seconds(3600)):
            payment = paid_payment(order)
            at_once(
                lambda payment=payment: mark_paid(payment_id=payment),
                lambda pk=order.pk: expire_order(order_id=pk),
                release_expired,
            )
            order.refresh_from_db()
            pool.refresh_from_db()
            assert order.status == "paid", "the provider's word was there before the order gave up"
            assert (pool.held, pool.sold) == (0, 1)
    assert recount_stock() == []


def test_logging_in_on_two_devices_at_once():
    user = User.objects.create_user("amina@example.com", "x")
    offers = [make_offer(capacity=9) for _ in range(2)]
    carts = [make_cart(offer, quantity=2) for offer in offers]
    outcome = at_once(*[lambda token=cart.token: join_cart(token=token, user_id=user.pk) for cart in carts])
    assert outcome == ["ok", "ok"]
    assert recount_stock() == []
    assert sum(cart_view(cart.token).count for cart in Cart.objects.all()) == 4


def test_two_taps_on_pay_at_once_start_one_payment(settings: LazySettings):
    with SimulatorProcess().start() as simulator:
        settings.MPESA = {**settings.MPESA, "base_url": simulator.daraja_base}
        order = make_order()
        client = ClientDetails(phone="0712345678")
        addresses = Addresses("http://127.0.0.1:1/", "http://127.0.0.1:1/")
        pay = {"order_id": order.pk, "provider": "mpesa", "client": client, "addresses": addresses}
        assert Counter(run_many(pay_order, [pay] * 6)) == {"ok": 6}
        assert Payment.objects.filter(status="pending").count() == Payment.objects.count() == 1
        assert len(simulator.look("prompts")) == 1
