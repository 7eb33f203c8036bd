import re

import pytest
import time_machine
from django.conf import LazySettings

from marketplace.commerce.models import Cart, CartLine, Claim, Order, OrderLine
from marketplace.commerce.services import save_offer, stop_sales
from marketplace.core import clock
from marketplace.payments.models import Payment
from tests.factories.commerce import make_offer, make_rate, make_seller
from tests.marketplace.commerce.buying import PHONE, Shopper, text_of
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(shopper: Shopper, simulator: SimulatorProcess) -> Shopper:
    """A shopper with two things for KES 1,000 each in the cart."""
    shopper.add(make_offer("thing", price=100_000, capacity=5), 2)
    return shopper


def test_fees_and_tax_are_shown_before_the_pay_button(shopper: Shopper):
    make_rate(1600, included=False)
    seller = make_seller(fee_mode="passed_on", fee_basis_points=500, tax_registered=True)
    shopper.add(make_offer(price=100_000, seller=seller), 2)
    page = text_of(shopper.client.get("/checkout/"))
    assert re.search(
        r"Service fee included in the prices KES 100 VAT 16 % included in the prices KES 320 Total KES 2,420", page
    )
    assert "Pay KES 2,420" in page
    shopper.check_out(provider="stripe")
    order = shopper.order()
    assert (order.subtotal_minor, order.fee_minor, order.tax_minor, order.total_minor) == (
        200_000,
        10_000,
        32_000,
        242_000,
    )


def test_the_order_keeps_its_own_copy_of_everything(full: Shopper):
    line = full.cart.lines[0].row
    save_offer(
        offer=line.offer, actor_id=None, service_date=clock.now(), refund_policy="Until 48 hours before.", place="Dunga"
    )
    full.check_out(name="  Amina   Otieno ", email="Amina@Example.com")
    order = full.order()
    copy = order.lines.get()
    offer = copy.offer
    save_offer(offer=offer, actor_id=None, title="Other", name="Other", price_minor=900_000, refund_policy="Never.")
    copy.refresh_from_db()
    assert (copy.title, copy.name, copy.unit_minor) == (line.offer.title, "Standing", 100_000)
    assert (copy.refund_policy, copy.place, copy.seller_name) == ("Until 48 hours before.", "Dunga", offer.seller.name)
    assert copy.service_date is not None
    assert "Who sells" in order.terms
    assert (order.client.name, order.client.email, order.client.phone) == (
        "Amina Otieno",
        "Amina@Example.com",
        "+254712345678",
    )


def test_placing_makes_the_holds_firm_and_uses_up_the_cart(full: Shopper):
    full.check_out()
    order = full.order()
    claim = Claim.objects.get()
    assert (claim.firm, claim.cart_line_id, claim.order_line) == (True, None, order.lines.get())
    assert not Cart.objects.exists()
    assert "Go on with order" in text_of(full.client.get("/cart/"))
    assert full.client.get("/checkout/").headers["Location"] == f"/orders/{order.token}/"


def test_starting_a_payment_extends_the_hold_to_its_deadline_and_a_grace(full: Shopper):
    full.check_out(provider="stripe")
    payment = Payment.objects.get()
    left = (full.order().expires_at - payment.deadline).total_seconds()
    assert left == pytest.approx(120, abs=1)


def test_pressing_twice_makes_one_order_and_one_payment(full: Shopper):
    seen = full.seen()
    answers = [full.check_out(seen=seen).headers["Location"] for _ in range(3)]
    assert len(set(answers)) == 1
    assert Order.objects.count() == Payment.objects.count() == 1


def test_two_tabs_and_the_back_button_lead_to_the_same_order(full: Shopper):
    first_tab, second_tab = full.seen(), full.seen()
    full.check_out(seen=first_tab)
    order = full.order()
    assert full.check_out(seen=second_tab, phone="0799 999 999").headers["Location"] == f"/orders/{order.token}/"
    assert full.client.get("/checkout/").headers["Location"] == f"/orders/{order.token}/"
    assert Order.objects.count() == 1
    full.add(make_offer("thing"))
    assert full.check_out().headers["Location"] != f"/orders/{order.token}/"
    assert Order.objects.count() == 2


def test_a_changed_price_stops_the_payment_and_a_second_press_accepts_it(full: Shopper):
    seen = full.seen()
    save_offer(offer=CartLine.objects.get().offer, actor_id=None, price_minor=110_000)
    answer = full.check_out(seen=seen, email="me@example.com", name="Me")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The total is now KES 2,200. It was KES 2,000 when you opened this page." in page
    assert 'value="me@example.com"' in page
    assert f'value="{PHONE}"' in page
    assert not Order.objects.exists()
    assert not Payment.objects.exists()
    shown = re.search(r'name="seen" value="([^"]+)"', page)
    assert shown
    full.check_out(seen=shown[1])
    assert full.order().total_minor == 220_000


def test_other_things_for_the_same_total_are_not_paid_unseen(full: Shopper):
    seen = full.seen()
    full.client.post(f"/cart/lines/{CartLine.objects.get().pk}/", {"quantity": 0})
    full.add(make_offer("thing", price=200_000))
    answer = full.check_out(seen=seen)
    assert answer.status_code == 409
    assert "Your cart has changed" in text_of(answer)


def test_a_hold_that_ran_out_while_typing_is_taken_again_if_nobody_wanted_it(full: Shopper):
    seen = full.seen()
    with time_machine.travel(clock.in_seconds(901)):
        assert full.check_out(seen=seen).status_code == 302
        assert full.order().lines.get().claims.get().firm


def test_a_hold_that_ran_out_while_typing_and_is_gone_is_refused(full: Shopper, other: Shopper):
    seen = full.seen()
    offer = CartLine.objects.get().offer
    with time_machine.travel(clock.in_seconds(901)):
        other.add(offer, 4)
        answer = full.check_out(seen=seen, name="Typed")
    assert answer.status_code == 409
    assert "The time to pay has run out, and others were waiting." in text_of(answer)
    assert 'value="Typed"' in answer.content.decode()
    assert full.cart.count == 2


def test_sales_stopped_while_typing(full: Shopper):
    seen = full.seen()
    stop_sales(offer_ids=[CartLine.objects.get().offer_id], actor_id=None)
    answer = full.check_out(seen=seen)
    assert answer.status_code == 409
    assert "is not on sale any more" in text_of(answer)


def test_a_limit_lowered_while_typing(full: Shopper):
    seen = full.seen()
    save_offer(offer=CartLine.objects.get().offer, actor_id=None, max_per_order=1)
    answer = full.check_out(seen=seen)
    assert answer.status_code == 409
    assert "at most 1" in text_of(answer)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("email", "", "Write your e-mail address."),
        ("email", "amina", "valid email"),
        ("email", "a" * 300 + "@example.com", ""),
        ("email", "a\x00@example.com", ""),
        ("phone", "", "Write the number that shall be charged"),
        ("phone", "12", "does not look like a phone number"),
        ("phone", "0712 345 678 9999 x", "does not look like a phone number"),
        ("phone", "☎️", "does not look like a phone number"),
        ("name", "n" * 500, "at most 120"),
        ("provider", "", "Choose how to pay."),
        ("provider", "cash", "Choose how to pay."),
        ("terms", "", "Please accept the terms"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(full: Shopper, field: str, typed: str, words: str):
    data = {
        "email": "kept@example.com",
        "name": "Kept Name",
        "phone": "0799 000 111",
        "provider": "mpesa",
        field: typed,
    }
    answer = full.check_out(**data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    for name in ("email", "name", "phone"):
        if data[name] and "\x00" not in data[name]:
            assert f'value="{data[name]}"' in page, name
    assert not Order.objects.exists()


def test_a_half_typed_phone_number_does_not_stand_in_the_way_of_a_card(full: Shopper):
    answer = full.check_out(provider="stripe", phone="07")
    assert answer.status_code == 302
    assert full.order().client.phone == ""


def test_mpesa_is_not_offered_for_dollars(shopper: Shopper, simulator: SimulatorProcess):
    shopper.add(make_offer(currency="USD", price=2_000))
    page = text_of(shopper.client.get("/checkout/"))
    assert "Not available in USD." in page
    answer = shopper.check_out(provider="mpesa")
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_a_number_mpesa_cannot_ring_leaves_an_order_that_can_be_paid_otherwise(full: Shopper):
    answer = full.check_out(phone="+256 772 123456")
    order = full.order()
    assert answer.headers["Location"] == f"/orders/{order.token}/"
    page = text_of(full.get(order))
    assert "M-Pesa rings Kenyan mobile numbers only" in page
    assert "Not paid yet" in page
    assert not Payment.objects.exists()


def test_a_provider_that_is_down_loses_nothing(full: Shopper, settings: LazySettings):
    settings.MPESA = {**settings.MPESA, "base_url": "http://127.0.0.1:9/nobody"}
    full.check_out()
    order = full.order()
    page = text_of(full.get(order))
    assert "held for you" in page
    assert 'value="0712 345 678"' in full.get(order).content.decode()
    assert "We cannot reach the payment service right now" in page
    full.post(order, "pay/", provider="stripe", again="1")
    assert Payment.objects.filter(reference=order.code, provider="stripe", status="pending").exists()


def test_an_empty_cart_is_sent_to_the_cart(shopper: Shopper):
    assert shopper.client.get("/checkout/").headers["Location"] == "/cart/"
    assert shopper.client.post("/checkout/", {"email": "x"}).headers["Location"] == "/cart/"


def test_one_order_may_have_several_sellers(shopper: Shopper, simulator: SimulatorProcess):
    for price in (100_000, 50_000):
        shopper.add(make_offer("thing", price=price), 1)
    shopper.check_out()
    assert OrderLine.objects.values("seller").distinct().count() == 2
    assert shopper.order().total_minor == 150_000


def test_malformed_forms_are_never_an_error_of_ours(full: Shopper):
    post = full.client.post
    assert post("/checkout/", b"{not json", content_type="application/json").status_code == 422
    assert post("/checkout/", b"\xff\xfe", content_type="application/x-www-form-urlencoded").status_code == 422
    assert post("/cart/add/", b"--x", content_type="multipart/form-data; boundary=x").status_code == 400
    large = post("/cart/add/", "x" * (300 * 1024), content_type="text/plain")
    assert large.status_code == 413
    assert "too large to accept" in large.content.decode()
    assert "Go to your cart" in large.content.decode()
