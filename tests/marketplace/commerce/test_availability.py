import datetime as dt

import pytest
import time_machine
from django.db import transaction

from marketplace.commerce import stock
from marketplace.commerce.models import Offer
from marketplace.commerce.selectors import Availability, availability
from marketplace.core import clock
from tests.factories.commerce import make_offer, make_pool, make_rate, make_seller
from tests.marketplace.commerce.test_stock import line_of, want

pytestmark = pytest.mark.django_db


def of(offer: Offer, **options) -> Availability:
    return availability([Offer.objects.select_related("seller").get(pk=offer.pk)], **options)[offer.pk]


def hold(offer: Offer, quantity: int, seconds: int = 900) -> None:
    with transaction.atomic():
        stock.hold([want(line_of(offer, quantity))], until=clock.in_seconds(seconds))


def test_what_is_on_sale_says_how_many_are_left_and_may_be_bought():
    found = of(make_offer(capacity=3, max_per_order=10))
    assert (found.state, found.left, found.max_quantity, found.min_quantity) == ("on_sale", 3, 3, 1)


def test_what_is_not_scarce_has_no_number():
    found = of(make_offer(capacity=None, max_per_order=7))
    assert (found.state, found.left, found.capacity, found.max_quantity) == ("on_sale", None, None, 7)


def test_held_is_not_sold_out():
    offer = make_offer(capacity=2)
    hold(offer, 2)
    found = of(offer)
    assert (found.state, found.left, found.held, found.max_quantity) == ("all_held", 0, 2, 0)


def test_a_hold_that_ran_out_is_free_without_a_sweeper():
    offer = make_offer(capacity=2)
    hold(offer, 2, seconds=60)
    with time_machine.travel(clock.in_seconds(61)):
        assert (of(offer).state, of(offer).left, of(offer).held) == ("on_sale", 2, 0)


def test_sold_out_when_nothing_can_come_back():
    offer = make_offer(capacity=2)
    offer.pools.update(sold=2)
    assert of(offer).state == "sold_out"


def test_too_few_for_the_least_one_may_buy_is_sold_out():
    offer = make_offer(capacity=3, min_per_order=4, max_per_order=8)
    assert of(offer).state == "sold_out"


def test_the_sales_window_and_the_sellers_stop():
    now = clock.now()
    hour = dt.timedelta(hours=1)
    assert of(make_offer(sales_start=now + hour)).state == "not_yet"
    assert of(make_offer(sales_start=now - 2 * hour, sales_end=now - hour)).state == "ended"
    assert of(make_offer(active=False)).state == "stopped"


def test_the_figures_are_of_the_offers_own_pool_but_the_venue_limits_what_is_left():
    seller = make_seller()
    tier, venue = make_pool(10, seller=seller), make_pool(20, seller=seller)
    offer = make_offer(pools=[tier, venue])
    hold(make_offer(pools=[venue]), 8)
    hold(make_offer(pools=[venue]), 8)
    hold(offer, 1)
    found = of(offer)
    assert (found.capacity, found.held, found.left) == (10, 1, 3)


def test_the_price_is_all_the_buyer_pays():
    make_rate(1600, included=False)
    seller = make_seller(fee_mode="passed_on", fee_basis_points=500, tax_registered=True)
    assert of(make_offer(seller=seller)).price.minor == 100_000 + 5_000 + 16_000


def test_two_queries_for_any_number_of_offers(django_assert_num_queries):
    offers = [make_offer() for _ in range(12)]
    loaded = list(Offer.objects.select_related("seller").filter(pk__in=[o.pk for o in offers]))
    with django_assert_num_queries(2):
        assert len(availability(loaded)) == 12
