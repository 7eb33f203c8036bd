import pytest
import time_machine
from django.db import transaction

from marketplace.commerce import stock
from marketplace.commerce.errors import SoldOut
from marketplace.commerce.models import Cart, CartLine, Claim, Offer, StockPool
from marketplace.commerce.stock import Want
from marketplace.core import clock
from tests.factories.commerce import make_offer, make_pool, make_seller

pytestmark = pytest.mark.django_db


def line_of(offer: Offer, quantity: int = 1) -> CartLine:
    return CartLine.objects.create(
        cart=Cart.objects.create(currency="KES"), offer=offer, quantity=quantity, unit_minor=1
    )


def want(line: CartLine, quantity: int | None = None) -> Want:
    pools = tuple(line.offer.pools.values_list("pk", flat=True))
    return Want(line.pk, line.offer_id, pools, line.quantity if quantity is None else quantity)


def hold(*wants: Want, seconds: int = 900, if_possible: list[Want] | None = None) -> list[int]:
    with transaction.atomic():
        return stock.hold(wants, until=clock.in_seconds(seconds), if_possible=if_possible or [])


def counters(pool: StockPool) -> tuple[int, int]:
    pool.refresh_from_db()
    held = sum(Claim.objects.filter(pool=pool, status="held").values_list("quantity", flat=True))
    sold = sum(Claim.objects.filter(pool=pool, status="sold").values_list("quantity", flat=True))
    assert (pool.held, pool.sold) == (held, sold), "the counters say what the rows say"
    return held, sold


def test_a_hold_takes_from_every_pool_the_offer_draws_on():
    seller = make_seller()
    tier, venue = make_pool(10, seller=seller), make_pool(15, seller=seller)
    hold(want(line_of(make_offer(pools=[tier, venue]), 4)))
    assert counters(tier) == (4, 0)
    assert counters(venue) == (4, 0)


def test_the_tightest_pool_decides_and_a_refusal_takes_nothing():
    seller = make_seller()
    tier, venue = make_pool(10, seller=seller), make_pool(5, seller=seller)
    with pytest.raises(SoldOut) as refused:
        hold(want(line_of(make_offer(pools=[tier, venue]), 6)))
    assert refused.value.details["left"] == 5
    assert counters(tier) == counters(venue) == (0, 0)


def test_two_lines_of_one_cart_cannot_share_the_last_seat():
    pool = make_pool(1)
    first, second = (line_of(make_offer(pools=[pool])) for _ in range(2))
    with pytest.raises(SoldOut):
        hold(want(first), want(second))
    assert counters(pool) == (0, 0)


def test_a_hold_that_ran_out_counts_as_free_at_once():
    pool = make_pool(1)
    hold(want(line_of(make_offer(pools=[pool]))), seconds=60)
    with time_machine.travel(clock.in_seconds(61)):
        late = line_of(make_offer(pools=[pool]))
        assert hold(want(late)) == [late.pk]
        assert counters(pool) == (1, 0)


def test_a_firm_hold_is_never_released_by_time():
    pool = make_pool(1)
    line = line_of(make_offer(pools=[pool]))
    hold(want(line), seconds=60)
    Claim.objects.update(firm=True)
    with time_machine.travel(clock.in_seconds(3600)), pytest.raises(SoldOut):
        hold(want(line_of(make_offer(pools=[pool]))))


def test_changing_a_quantity_moves_the_difference_only():
    pool = make_pool(5)
    line = line_of(make_offer(pools=[pool]), 2)
    hold(want(line))
    hold(want(line, 5))
    assert counters(pool) == (5, 0)
    hold(want(line, 1))
    assert counters(pool) == (1, 0)
    assert Claim.objects.count() == 1
    with pytest.raises(SoldOut) as refused:
        hold(want(line, 6))
    assert refused.value.details["left"] == 5


def test_what_is_wanted_if_possible_is_left_alone_when_there_is_too_little():
    pool = make_pool(3)
    must, may, may_less = (line_of(make_offer(pools=[pool]), n) for n in (2, 2, 1))
    assert hold(want(must), if_possible=[want(may), want(may_less)]) == [must.pk, may_less.pk]
    assert counters(pool) == (3, 0)


def test_letting_go_gives_back():
    pool = make_pool(3)
    line = line_of(make_offer(pools=[pool]), 2)
    hold(want(line))
    with transaction.atomic():
        stock.let_go([line.pk])
        stock.let_go([line.pk])
    assert counters(pool) == (0, 0)


def test_sweeping_gives_back_only_what_ran_out():
    pool = make_pool(3)
    hold(want(line_of(make_offer(pools=[pool]))), seconds=60)
    hold(want(line_of(make_offer(pools=[pool]))), seconds=600)
    with time_machine.travel(clock.in_seconds(61)), transaction.atomic():
        stock.sweep([pool.pk])
    assert counters(pool) == (1, 0)


def test_capacity_does_not_go_below_what_is_taken():
    pool = make_pool(5)
    hold(want(line_of(make_offer(pools=[pool]), 4)))
    with transaction.atomic():
        assert stock.resize(pool.pk, 3).capacity == 5
        assert stock.resize(pool.pk, 4).capacity == 4
