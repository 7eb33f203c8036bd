import pytest

from marketplace.audit.models import LogEntry
from marketplace.commerce.errors import CapacityBelowSold, OfferInvalid
from marketplace.commerce.models import Offer
from marketplace.commerce.services import create_pool, resume_sales, save_offer, set_capacity, stop_sales
from tests.factories.commerce import make_offer, make_pool, make_seller

pytestmark = pytest.mark.django_db


def last_log() -> LogEntry:
    return LogEntry.objects.order_by("at").last()


def test_a_change_is_logged_with_before_and_after():
    offer = make_offer(price=100_000)
    save_offer(offer=offer, actor_id=7, price_minor=120_000)
    entry = last_log()
    assert (entry.action, entry.actor_id) == ("offer.changed", 7)
    assert entry.data == {"before": {"price_minor": 100_000}, "after": {"price_minor": 120_000}}


def test_saving_nothing_new_logs_nothing():
    offer = make_offer()
    count = LogEntry.objects.count()
    save_offer(offer=offer, actor_id=7, price_minor=offer.price_minor)
    assert LogEntry.objects.count() == count


def test_a_stale_copy_overwrites_only_what_it_names():
    offer = make_offer(price=100_000)
    stale = Offer.objects.get(pk=offer.pk)
    save_offer(offer=offer, actor_id=1, price_minor=150_000)
    save_offer(offer=stale, actor_id=1, name="Seated")
    offer.refresh_from_db()
    assert (offer.name, offer.price_minor) == ("Seated", 150_000)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 0, "pricing": "fixed"}, "price_minor"),
        ({"price_minor": 100, "pricing": "free"}, "price_minor"),
        ({"price_minor": 12_345}, "price_minor"),
        ({"price_minor": 10**15}, "price_minor"),
        ({"currency": "XXX"}, "currency"),
        ({"min_per_order": 5, "max_per_order": 2}, "max_per_order"),
        ({"min_per_order": 0}, "min_per_order"),
        ({"name": ""}, "name"),
        ({"sales_start": "2026-02-01T00:00Z", "sales_end": "2026-01-01T00:00Z"}, "sales_end"),
        ({"pricing": "pwyw", "price_minor": 5_000, "suggested_minor": 2_000}, "suggested_minor"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(fields, field):
    offer = make_offer()
    with pytest.raises(OfferInvalid) as refused:
        save_offer(offer=offer, actor_id=1, **fields)
    assert field in refused.value.details["errors"]
    assert Offer.objects.get(pk=offer.pk).price_minor == 100_000


def test_stock_of_another_seller_is_refused():
    with pytest.raises(OfferInvalid) as refused:
        save_offer(offer=make_offer(), actor_id=1, pools=[make_pool()])
    assert "pools" in refused.value.details["errors"]


def test_pools_are_replaced_and_logged():
    seller = make_seller()
    offer = make_offer(seller=seller)
    old = list(offer.pools.values_list("pk", flat=True))
    new = make_pool(9, seller=seller)
    save_offer(offer=offer, actor_id=1, pools=[new])
    assert list(offer.pools.values_list("pk", flat=True)) == [new.pk]
    assert last_log().data == {"before": {"pools": old}, "after": {"pools": [new.pk]}}


def test_capacity_cannot_go_below_what_is_sold():
    pool = create_pool(seller=make_seller(), name="Hall", capacity=10, actor_id=1)
    type(pool).objects.update(sold=6)
    with pytest.raises(CapacityBelowSold) as refused:
        set_capacity(pool_id=pool.pk, capacity=5, actor_id=1)
    assert refused.value.details["taken"] == 6
    assert set_capacity(pool_id=pool.pk, capacity=6, actor_id=1).capacity == 6
    assert last_log().data == {"before": 10, "after": 6}


def test_stopping_and_resuming_sales_is_logged_once_each():
    offers = [make_offer().pk for _ in range(2)]
    assert stop_sales(offer_ids=offers, actor_id=3) == 2
    assert stop_sales(offer_ids=offers, actor_id=3) == 0
    assert not Offer.objects.filter(pk__in=offers, active=True).exists()
    assert resume_sales(offer_ids=offers, actor_id=3) == 2
    assert LogEntry.objects.filter(action="offer.changed", actor_id=3).count() == 4
