import datetime as dt

import pytest
import time_machine
from django.conf import LazySettings

from marketplace.commerce.models import Cart, CartLine, Claim, Offer, Order, StockPool
from marketplace.commerce.services import save_offer, stop_sales
from marketplace.core import clock
from tests.factories.commerce import make_offer, make_pool, make_seller
from tests.marketplace.commerce.buying import Shopper, text_of

pytestmark = pytest.mark.django_db


def held(offer: Offer) -> int:
    return sum(pool.held for pool in offer.pools.all())


def line_url(shopper: Shopper) -> str:
    return f"/cart/lines/{shopper.cart.lines[0].row.pk}/"


def test_adding_holds_stock_for_fifteen_minutes(shopper: Shopper):
    offer = make_offer(capacity=5)
    with time_machine.travel(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), tick=False):
        shopper.add(offer, 3)
        assert held(offer) == 3
        assert shopper.cart.deadline == dt.datetime(2026, 5, 1, 12, 15, tzinfo=dt.UTC)
        page = shopper.client.get("/cart/")
    assert b'datetime="2026-05-01T15:15' in page.content, "the time left is always in view"


def test_several_rows_of_a_picker_are_added_together_or_not_at_all(shopper: Shopper):
    plenty, few = make_offer(capacity=9), make_offer(capacity=1)
    answer = shopper.client.post("/cart/add/", {f"quantity-{plenty.pk}": 2, f"quantity-{few.pk}": 2})
    assert answer.status_code == 409
    assert shopper.cart.count == 0
    assert held(plenty) == 0
    shopper.client.post("/cart/add/", {f"quantity-{plenty.pk}": 2, f"quantity-{few.pk}": 1})
    assert shopper.cart.count == 3


def test_a_refused_picker_comes_back_with_what_was_typed(shopper: Shopper):
    offer = make_offer(capacity=2, name="Front row")
    answer = shopper.add(offer, 3, next="/events/x/")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Only 2 of “Front row” are left." in page
    assert 'value="3"' in page
    assert 'href="/events/x/"' in page


def test_sold_out_and_merely_held_are_told_apart(shopper: Shopper, other: Shopper):
    offer = make_offer(capacity=1)
    other.add(offer)
    assert "Some may come back in a few minutes" in text_of(shopper.add(offer))
    StockPool.objects.update(held=0, sold=1)
    Claim.objects.update(status="sold")
    assert "is sold out" in text_of(shopper.add(offer))


def test_a_hold_that_ran_out_is_somebody_elses_at_once(shopper: Shopper, other: Shopper):
    offer = make_offer(capacity=1)
    other.add(offer)
    assert shopper.add(offer).status_code == 409
    with time_machine.travel(clock.in_seconds(901)):
        assert shopper.add(offer).status_code == 302
        assert held(offer) == 1
        page = text_of(other.client.get("/cart/"))
        assert "others took the last ones" in page
        assert other.client.get("/checkout/").headers["Location"] == "/cart/"


def test_after_the_hold_ended_what_is_left_can_be_held_again(shopper: Shopper):
    offer = make_offer(capacity=1)
    shopper.add(offer)
    with time_machine.travel(clock.in_seconds(901)):
        page = text_of(shopper.client.get("/cart/"))
        assert "The hold has ended" in page
        assert "Check out" not in page, "first hold it again"
        assert shopper.cart.deadline is None
        shopper.client.post("/cart/hold/")
        assert shopper.cart.deadline is not None
        assert not shopper.cart.unheld
        assert held(offer) == 1


def test_adding_prolongs_the_whole_cart_but_not_for_ever(shopper: Shopper):
    first, second = make_offer(capacity=5), make_offer(capacity=50)
    start = clock.now()
    shopper.add(first)
    for minutes in (10, 20, 30, 40, 50, 59):
        with time_machine.travel(start + dt.timedelta(minutes=minutes), tick=False):
            shopper.add(second)
            expected = min(start + dt.timedelta(minutes=minutes + 15), start + dt.timedelta(minutes=60))
            assert abs(shopper.cart.deadline - expected) < dt.timedelta(seconds=5)
            assert not shopper.cart.unheld
    with time_machine.travel(start + dt.timedelta(minutes=61)):
        assert {line.row.offer_id for line in shopper.cart.unheld} == {first.pk, second.pk}


def test_having_fewer_does_not_prolong_the_hold(shopper: Shopper):
    offer = make_offer(capacity=5)
    shopper.add(offer, 3)
    before = shopper.cart.deadline
    with time_machine.travel(clock.in_seconds(300)):
        shopper.client.post(line_url(shopper), {"quantity": 1})
    assert shopper.cart.deadline == before
    assert held(offer) == 1


def test_zero_removes_a_line_and_emptying_gives_everything_back(shopper: Shopper):
    offers = [make_offer(capacity=5) for _ in range(3)]
    for offer in offers:
        shopper.add(offer, 2)
    shopper.client.post(line_url(shopper), {"quantity": 0})
    assert [held(offer) for offer in offers] == [0, 2, 2]
    shopper.client.post("/cart/empty/")
    assert [held(offer) for offer in offers] == [0, 0, 0]
    assert not Cart.objects.exists()
    assert "Nothing in it yet" in text_of(shopper.client.get("/cart/"))


def test_a_refused_change_keeps_the_line_and_shows_what_was_typed(shopper: Shopper):
    offer = make_offer(capacity=3)
    shopper.add(offer, 2)
    answer = shopper.client.post(line_url(shopper), {"quantity": 4})
    assert answer.status_code == 409
    assert "Only 3 of “Standing” are left." in answer.content.decode()
    assert 'value="4"' in answer.content.decode()
    assert shopper.cart.count == 2


@pytest.mark.parametrize(
    "typed", ["", "abc", "-1", "1.5", "NaN", "inf", "1e3", "٣", "99999999999999999999", "1001", "\x00"]
)
def test_a_quantity_that_is_none_is_refused_with_words(shopper: Shopper, typed: str):
    offer = make_offer(capacity=5)
    shopper.add(offer)
    assert shopper.client.post(line_url(shopper), {"quantity": typed}).status_code == 400
    assert shopper.add(offer, typed).status_code == 400
    assert shopper.client.post("/cart/add/", {"offer": offer.pk, "quantity": typed}).status_code == 400
    assert shopper.cart.count == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"offer": "x"},
        {"offer": "9" * 30},
        {"offer": "-1"},
        {"quantity-x": "1"},
        {"offer": "\x00"},
        {"quantity-²": "1"},
    ],
)
def test_what_is_no_picker_at_all_is_bad_input(shopper: Shopper, data: dict[str, str]):
    answer = shopper.client.post("/cart/add/", data)
    assert answer.status_code == 400
    assert not Cart.objects.exists()


def test_nothing_chosen_says_so(shopper: Shopper):
    answer = shopper.add(make_offer(), 0)
    assert answer.status_code == 400
    assert "Choose how many you want." in text_of(answer)


def test_unknown_offers_and_other_peoples_lines_are_not_found(shopper: Shopper, other: Shopper):
    assert shopper.client.post("/cart/add/", {"offer": 987654}).status_code == 404
    other.add(make_offer())
    shopper.add(make_offer())
    foreign = other.cart.lines[0].row.pk
    assert shopper.client.post(f"/cart/lines/{foreign}/", {"quantity": 0}).status_code == 404
    assert shopper.client.post(f"/cart/lines/{10**30}/", {"quantity": 0}).status_code == 404
    assert Shopper().client.post(f"/cart/lines/{foreign}/", {"quantity": 1}).status_code == 404
    assert other.cart.count == 1


def test_limits_per_order(shopper: Shopper):
    offer = make_offer(capacity=50, min_per_order=2, max_per_order=4)
    assert "is sold from 2 on" in text_of(shopper.add(offer, 1))
    assert shopper.add(offer, 3).status_code == 302
    answer = shopper.add(offer, 2)
    assert answer.status_code == 409
    assert "at most 4" in text_of(answer)
    assert shopper.cart.count == 3


def test_a_cart_has_a_size(shopper: Shopper, settings: LazySettings):
    settings.CART_MAX_UNITS, settings.CART_MAX_LINES = 5, 2
    first, second, third = (make_offer() for _ in range(3))
    assert shopper.add(first, 5).status_code == 302
    assert shopper.add(second, 1).status_code == 409
    shopper.client.post(line_url(shopper), {"quantity": 1})
    assert shopper.add(second, 1).status_code == 302
    assert shopper.add(third, 1).status_code == 409
    assert held(third) == 0


def test_all_carts_of_one_network_together_hold_only_so_much(shopper: Shopper, other: Shopper, settings: LazySettings):
    settings.VISITOR_MAX_UNITS = 5
    offer = make_offer()
    assert other.add(offer, 4).status_code == 302
    refused = shopper.add(offer, 2)
    assert refused.status_code == 409
    assert "from your network" in text_of(refused)
    with time_machine.travel(clock.in_seconds(901)):
        assert shopper.add(offer, 2).status_code == 302, "holds that ran out do not count"


def test_what_unpaid_orders_hold_counts_as_well(shopper: Shopper, other: Shopper, settings: LazySettings, simulator):
    settings.VISITOR_MAX_UNITS = 5
    other.add(make_offer(), 4)
    other.check_out(provider="stripe")
    assert shopper.add(make_offer(), 2).status_code == 409
    Order.objects.update(status=Order.Status.EXPIRED)
    assert shopper.add(make_offer(), 2).status_code == 302


def test_the_sales_window(shopper: Shopper):
    now, hour = clock.now(), dt.timedelta(hours=1)
    assert "not on sale yet" in text_of(shopper.add(make_offer(sales_start=now + hour)))
    assert "have ended" in text_of(shopper.add(make_offer(sales_start=now - 2 * hour, sales_end=now - hour)))
    assert "not on sale any more" in text_of(shopper.add(make_offer(active=False)))
    assert not CartLine.objects.exists()


def test_a_line_whose_sales_were_stopped_blocks_checkout_until_removed(shopper: Shopper):
    offer, fine = make_offer(), make_offer()
    shopper.add(offer)
    shopper.add(fine)
    stop_sales(offer_ids=[offer.pk], actor_id=None)
    assert "not on sale any more" in text_of(shopper.client.get("/cart/"))
    assert shopper.client.get("/checkout/").headers["Location"] == "/cart/"
    shopper.client.post(line_url(shopper), {"quantity": 0})
    assert shopper.client.get("/checkout/").status_code == 200


def test_another_currency_is_refused_with_a_choice(shopper: Shopper):
    shilling, dollar = make_offer(), make_offer(currency="USD", price=2_000)
    shopper.add(shilling, 2)
    answer = shopper.add(dollar, 3)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Keep the cart" in page
    assert f'name="quantity-{dollar.pk}" value="3"' in page
    assert held(shilling) == 2
    shopper.add(dollar, 3, replace="1")
    assert [line.row.offer_id for line in shopper.cart.lines] == [dollar.pk]
    assert (held(shilling), held(dollar)) == (0, 3)


def test_two_currencies_at_once_are_refused_too(shopper: Shopper):
    first, second = make_offer(), make_offer(currency="USD", price=2_000)
    answer = shopper.client.post("/cart/add/", {f"quantity-{first.pk}": 1, f"quantity-{second.pk}": 1})
    assert answer.status_code == 409
    assert not Cart.objects.exists()


def test_a_changed_price_is_shown_with_old_and_new_and_accepted_in_one_click(shopper: Shopper):
    offer = make_offer(price=100_000)
    shopper.add(offer, 2)
    save_offer(offer=offer, actor_id=None, price_minor=120_000)
    page = text_of(shopper.client.get("/cart/"))
    assert "was KES 1,000 when you chose it. It is KES 1,200 now." in page
    shopper.client.post("/cart/prices/")
    assert "when you chose it" not in text_of(shopper.client.get("/cart/"))


def test_pay_what_you_want(shopper: Shopper):
    offer = make_offer(price=20_000, pricing="pwyw", suggested_minor=50_000)
    key = f"amount-{offer.pk}"
    for typed, words in [
        ("100", "The least you can pay"),
        ("lots", "is not an amount"),
        ("250.50", "Whole amounts"),
        ("-5", "least"),
    ]:
        answer = shopper.add(offer, 1, **{key: typed})
        assert answer.status_code == 400
        assert words in text_of(answer), typed
        assert f'value="{typed}"' in answer.content.decode()
    shopper.add(offer, 2, **{key: "750"})
    assert str(shopper.cart.quote.total) == "KES 1,500"
    other_offer = make_offer(price=20_000, pricing="pwyw", suggested_minor=50_000)
    shopper.add(other_offer, 1)
    assert str(shopper.cart.quote.total) == "KES 2,000", "nothing typed means what was suggested"


def test_a_floor_that_rises_above_the_chosen_amount_is_a_changed_price(shopper: Shopper):
    offer = make_offer(price=20_000, pricing="pwyw")
    shopper.add(offer, 1, **{f"amount-{offer.pk}": "300"})
    save_offer(offer=offer, actor_id=None, price_minor=50_000)
    assert "was KES 300 when you chose it. It is KES 500 now." in text_of(shopper.client.get("/cart/"))
    shopper.client.post("/cart/prices/")
    assert CartLine.objects.get().chosen_minor == 50_000


def test_two_offers_of_one_pool_cannot_both_have_the_last_place(shopper: Shopper):
    seller = make_seller()
    venue = make_pool(3, seller=seller)
    early, late = make_offer(pools=[venue]), make_offer(pools=[venue])
    shopper.add(early, 2)
    assert shopper.add(late, 2).status_code == 409
    assert shopper.add(late, 1).status_code == 302
    venue.refresh_from_db()
    assert venue.held == 3


def test_visitors_without_a_cart_cost_no_cart_query(shopper: Shopper, django_assert_num_queries):
    with django_assert_num_queries(0):
        from django.test import RequestFactory

        from marketplace.commerce.context_processors import cart

        request = RequestFactory().get("/")
        request.session = {}
        assert cart(request)["cart_summary"]["count"] == 0
