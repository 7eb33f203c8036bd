import pytest
import time_machine
from django.core.cache import cache

from marketplace.commerce import upkeep
from marketplace.commerce.models import Order
from marketplace.core import clock
from marketplace.payments.models import Payment
from marketplace.payments.providers.mpesa import MpesaProvider
from tests.factories.commerce import make_offer, make_order
from tests.factories.payments import make_payment
from tests.marketplace.commerce.buying import Shopper, press, settle, text_of, work
from tests.marketplace.commerce.conftest import Goods
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(shopper: Shopper, simulator: SimulatorProcess, goods: Goods) -> Order:
    """An order whose M-Pesa request is on the buyer's phone."""
    simulator.control("settings", outcome_delay=9000)
    shopper.add(make_offer("thing", capacity=5))
    shopper.check_out()
    return shopper.order()


def test_the_link_is_secret_and_stays_so(shopper: Shopper):
    order = make_order()
    for path in ("", "status/", "return/", "receipt/"):
        answer = shopper.get(order, path)
        assert answer.headers["X-Robots-Tag"].startswith("noindex")
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer.headers["Cache-Control"] or "no-cache" in answer.headers["Cache-Control"]
    assert b'name="robots" content="noindex' in shopper.get(order).content


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00" * 15, "..%2f", "é" * 43, "..%2f" * 10, "a" * 5000])
def test_other_tokens_open_nothing(shopper: Shopper, token: str):
    make_order()
    for path in ("", "status/", "receipt/"):
        assert shopper.client.get(f"/orders/{token}/{path}").status_code == 404
    assert shopper.client.post(f"/orders/{token}/pay/").status_code == 404


def test_the_code_opens_nothing(shopper: Shopper):
    assert shopper.client.get(f"/orders/{make_order().code}/").status_code == 404


def test_waiting_for_mpesa_says_what_to_do_and_polls(waiting: Order, shopper: Shopper):
    page = shopper.get(waiting).content.decode()
    assert f'hx-get="/orders/{waiting.token}/status/?seen=phone' in page
    assert "Enter your M-Pesa PIN" in page
    assert "htmx" in page
    assert f'<meta http-equiv="refresh" content="15;url=/orders/{waiting.token}/return/">' in page, (
        "works without JavaScript"
    )
    assert "I have paid: check now" in page
    assert "Pay by card instead" in page


def test_polling_is_light_and_says_nothing_while_nothing_changes(
    waiting: Order, shopper: Shopper, simulator: SimulatorProcess, django_assert_num_queries
):
    asked = len(simulator.look("requests"))
    with django_assert_num_queries(2):
        answer = shopper.get(waiting, "status/", seen="phone")
    assert answer.status_code == 204
    assert len(simulator.look("requests")) == asked, "a browser never makes us ask the provider"


def test_polling_stops_by_itself(waiting: Order, shopper: Shopper, simulator: SimulatorProcess):
    simulator.advance(1)
    simulator.control("settings", outcome_delay=0)
    press(simulator, "pay")
    payment = Payment.objects.get()
    from marketplace.payments.services import settle_payment

    settle_payment(payment_id=payment.pk, source="reconciler")
    answer = shopper.get(waiting, "status/", seen="phone")
    assert "hx-get" in answer.content.decode(), "paid, and what was bought follows in a moment"
    assert "Paid" in text_of(answer)
    assert "HX-Refresh" not in answer.headers
    assert shopper.get(waiting, "status/", seen="preparing").status_code == 204
    work()
    answer = shopper.get(waiting, "status/", seen="preparing")
    assert answer.headers["HX-Refresh"] == "true"
    assert "hx-get" not in answer.content.decode()


def test_a_failure_is_told_in_human_words_with_a_way_on(waiting: Order, shopper: Shopper, simulator: SimulatorProcess):
    simulator.control("settings", outcome_delay=0)
    press(simulator, "cancel")
    settle(waiting)
    answer = shopper.get(waiting, "status/", seen="phone")
    assert answer.headers["HX-Refresh"] == "true"
    page = text_of(shopper.get(waiting))
    assert "That payment did not work" in page
    assert "The prompt was cancelled." in page
    assert "Everything is still held for you" in page
    shopper.post(waiting, "pay/", provider="mpesa", phone="0712 345 678", again="1")
    assert Payment.objects.filter(status="pending").count() == 1
    assert "Check your phone" in text_of(shopper.get(waiting))


def test_check_now_without_javascript(waiting: Order, shopper: Shopper, simulator: SimulatorProcess):
    simulator.control("settings", outcome_delay=0)
    press(simulator, "pay")
    assert shopper.get(waiting, "return/").headers["Location"] == f"/orders/{waiting.token}/"
    assert "Paid" in text_of(shopper.get(waiting))


def test_sending_again_waits_for_the_cool_down(waiting: Order, shopper: Shopper, monkeypatch: pytest.MonkeyPatch):
    assert "You can send it again in about 120 seconds." in text_of(shopper.get(waiting))
    shopper.post(waiting, "pay/", provider="mpesa", phone="0712 345 678", again="1")
    assert Payment.objects.count() == 1, "the same tap on the same button"
    with time_machine.travel(clock.in_seconds(60)):
        shopper.post(waiting, "pay/", provider="mpesa", phone="0712 345 678", again="1")
        assert "already under way" in text_of(shopper.get(waiting))
        assert Payment.objects.count() == 1
    with time_machine.travel(clock.in_seconds(121)):
        page = shopper.get(waiting)
        assert "Send it again" in text_of(page)
        assert shopper.get(waiting, "status/", seen="phone").headers["HX-Refresh"] == "true"


def test_sending_again_once_the_first_request_is_over(waiting: Order, shopper: Shopper, simulator: SimulatorProcess):
    simulator.advance(9500)
    with time_machine.travel(clock.in_seconds(121)):
        shopper.post(waiting, "pay/", provider="mpesa", phone="0799 000 111", again="1")
        assert [p.status for p in Payment.objects.order_by("attempt")] == ["failed", "pending"]
        assert "0799 000 111" in text_of(shopper.get(waiting))


def test_the_cool_down_is_told(shopper: Shopper, simulator: SimulatorProcess, goods: Goods, monkeypatch):
    monkeypatch.setattr(MpesaProvider, "repeat_after_seconds", 120)
    for _ in range(2):
        shopper.add(make_offer("thing"))
        shopper.check_out()
    page = text_of(shopper.get(shopper.order()))
    assert "only once in two minutes" in page
    assert "Not paid yet" in page


def test_switching_to_a_card(waiting: Order, shopper: Shopper, simulator: SimulatorProcess):
    simulator.control("settings", outcome_delay=0)
    press(simulator, "cancel")
    answer = shopper.post(waiting, "pay/", provider="stripe", again="1")
    assert answer.headers["Location"].startswith(simulator.base_url)
    page = text_of(shopper.get(waiting))
    assert "Finish paying" in page
    assert "Or pay another way" in page
    again = shopper.post(waiting, "pay/", provider="stripe")
    assert again.headers["Location"] == answer.headers["Location"], "the page that waits is gone on with"


def test_switching_while_the_phone_may_still_pay_is_refused(waiting: Order, shopper: Shopper):
    with time_machine.travel(clock.in_seconds(20)):
        shopper.post(waiting, "pay/", provider="stripe")
        assert "already under way" in text_of(shopper.get(waiting))
        assert Payment.objects.count() == 1


def test_switching_from_a_card_to_the_phone_closes_the_card_page(
    shopper: Shopper, simulator: SimulatorProcess, goods: Goods
):
    shopper.add(make_offer("thing"))
    shopper.check_out(provider="stripe")
    order = shopper.order()
    shopper.post(order, "pay/", provider="mpesa", phone="0712 345 678", again="1")
    assert [(p.provider, p.status) for p in Payment.objects.order_by("attempt")] == [
        ("stripe", "expired"), ("mpesa", "pending")
    ]  # fmt: skip


def test_when_one_payment_succeeds_the_other_is_given_up(shopper: Shopper, simulator: SimulatorProcess, goods: Goods):
    shopper.add(make_offer("thing"))
    shopper.check_out(provider="stripe")
    order = shopper.order()
    late = make_payment(reference=order.code, attempt=2, status="succeeded", amount=order.total_minor)
    from marketplace.core import outbox

    outbox.publish("payments.succeeded", payment_id=str(late.pk), reference=order.code)
    work()
    assert Payment.objects.get(provider="stripe").status == "expired"
    order.refresh_from_db()
    assert order.status == Order.Status.FULFILLED


def test_bad_input_at_paying_again(shopper: Shopper, simulator: SimulatorProcess):
    order = make_order()
    for data, words in [
        ({}, "Choose how to pay"), ({"provider": "cash"}, "Choose how to pay"),
        ({"provider": "mpesa", "phone": "12"}, "does not look like"), ({"provider": "mpesa"}, "Write the number"),
    ]:  # fmt: skip
        answer = shopper.post(order, "pay/", **data)
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert not Payment.objects.exists()


def test_paying_what_is_paid_or_over_is_refused(shopper: Shopper, simulator: SimulatorProcess, goods: Goods):
    done, over = make_order(paid=True), make_order()
    shopper.post(done, "pay/", provider="stripe")
    assert "This order is already paid." in text_of(shopper.get(done))
    with time_machine.travel(clock.in_seconds(3600)):
        shopper.post(over, "pay/", provider="stripe")
        assert "The time to pay has run out." in text_of(shopper.get(over))
    assert not Payment.objects.filter(provider="stripe").exists()


def test_an_ended_order_says_what_next_and_puts_it_into_the_cart_again(shopper: Shopper):
    offer = make_offer(capacity=3)
    order = make_order(offer=offer, quantity=2)
    with time_machine.travel(clock.in_seconds(3600)):
        upkeep.release_expired()
        assert "This order has ended" in text_of(shopper.get(order))
        assert shopper.post(order, "again/").headers["Location"] == "/cart/"
        assert shopper.cart.count == 2
        assert not shopper.cart.unheld


def test_an_ended_order_whose_things_are_gone(shopper: Shopper, other: Shopper):
    offer = make_offer(capacity=2)
    order = make_order(offer=offer, quantity=2)
    with time_machine.travel(clock.in_seconds(3600)):
        upkeep.release_expired()
        other.add(offer, 2)
        answer = shopper.post(order, "again/")
        assert answer.status_code == 409
        assert "Some may come back" in text_of(answer)


def test_a_waiting_order_is_not_put_into_the_cart_again(shopper: Shopper):
    assert shopper.post(make_order(), "again/").status_code == 409


def test_review_says_we_have_the_money(shopper: Shopper, goods: Goods):
    order = make_order(price=100_000)
    payment = make_payment(reference=order.code, amount=50_000, status="succeeded")
    from marketplace.commerce.services import mark_paid

    mark_paid(payment_id=str(payment.pk))
    page = text_of(shopper.get(order))
    assert "We have your money" in page
    assert "Please do not pay again" in page


def test_the_receipt(shopper: Shopper, goods: Goods):
    order = make_order(quantity=2, price=150_000, paid=True)
    page = text_of(shopper.get(order, "receipt/"))
    assert order.code in page
    assert "Total paid KES 3,000" in page
    assert "amina@example.com" in page
    waiting = make_order()
    assert shopper.get(waiting, "receipt/").headers["Location"] == f"/orders/{waiting.token}/"


@pytest.mark.usefixtures("still_clock")
def test_paying_over_and_over_is_bounded(shopper: Shopper):
    cache.clear()
    order = make_order()
    statuses = [shopper.post(order, "pay/", provider="cash").status_code for _ in range(14)]
    assert statuses[-1] == 429
    assert statuses[0] == 422
