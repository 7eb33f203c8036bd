"""The whole path from cart to goods, as a guest, through the site's own addresses."""

import pytest
from django.core import mail

from marketplace.commerce.models import Cart, Claim, Order
from marketplace.ledger.selectors import balance, entries_for, trial_balance
from marketplace.notifications.services import send_waiting
from tests.factories.commerce import make_offer, make_rate, make_seller
from tests.marketplace.commerce.buying import Shopper, press, settle, text_of, work
from tests.marketplace.commerce.conftest import Goods
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db


def test_a_guest_buys_with_mpesa(shopper: Shopper, simulator: SimulatorProcess, goods: Goods):
    make_rate(1600)
    seller = make_seller(fee_basis_points=500, tax_registered=True)
    offer = make_offer("thing", price=150_000, capacity=5, seller=seller)
    assert shopper.add(offer, 2).headers["Location"] == "/cart/"
    assert "KES 3,000" in text_of(shopper.client.get("/cart/"))
    answer = shopper.check_out()
    order = shopper.order()
    assert answer.headers["Location"] == f"/orders/{order.token}/"
    page = text_of(shopper.get(order))
    assert "Check your phone" in page
    assert "0712 345 678" in page
    assert not Cart.objects.exists()

    press(simulator, "pay")
    settle(order)
    assert order.status == Order.Status.FULFILLED
    line = order.lines.get()
    assert goods.made == {line.pk: 2}
    assert f"made for line {line.pk}" in text_of(shopper.get(order))

    pool = offer.pools.get()
    assert (pool.held, pool.sold) == (0, 2)
    assert Claim.objects.get().status == Claim.Status.SOLD
    (entry,) = entries_for(order.code)
    assert {str(p.account): p.minor for p in entry.postings.all()} == {
        "1020:KES": 300_000,
        f"2110:seller:{seller.pk}:KES": -(300_000 - 15_000 - 41_379),
        "4010:KES": -15_000,
        "2310:tax:KE:KES": -41_379,
    }
    send_waiting()
    (letter,) = mail.outbox
    assert letter.to == ["amina@example.com"]
    assert order.code in letter.subject
    assert f"made for line {line.pk}" in letter.body
    assert f"/orders/{order.token}/" in letter.body


def test_a_guest_buys_by_card(shopper: Shopper, simulator: SimulatorProcess, goods: Goods):
    shopper.add(make_offer("thing", price=2_500, currency="USD", capacity=None))
    answer = shopper.check_out(provider="stripe", phone="")
    order = shopper.order()
    assert answer.headers["Location"].startswith(simulator.base_url)
    assert "Finish paying" in text_of(shopper.get(order))
    payment = order_payment(order)
    simulator.control("card", session=payment.external_id, press="pay")
    assert shopper.get(order, "return/").headers["Location"] == f"/orders/{order.token}/"
    assert "Paid" in text_of(shopper.get(order))
    work()
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert sum(trial_balance("USD").values()) == 0
    assert balance(code="4010", currency="USD") == 0


def order_payment(order: Order):
    from marketplace.payments.selectors import latest_payment

    payment = latest_payment(order.code)
    assert payment is not None
    return payment


def test_what_is_free_needs_no_payment(shopper: Shopper, goods: Goods):
    offer = make_offer("thing", price=0, capacity=3)
    shopper.add(offer, 2)
    page = text_of(shopper.client.get("/checkout/"))
    assert "Get it free" in page
    assert (
        "M-Pesa"
        not in page.split("Skip to the content")[1].split("Sokoni Tickets and digital goods")[0].split("Pay with")[0]
    )
    shopper.check_out(provider="", phone="")
    order = shopper.order()
    assert order.status == Order.Status.PAID
    work()
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED
    assert not entries_for(order.code)
    assert goods.made == {order.lines.get().pk: 2}
    assert "Total paid" in text_of(shopper.get(order, "receipt/"))
