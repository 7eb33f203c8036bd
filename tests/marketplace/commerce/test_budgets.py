"""How many statements a purchase costs. BEGIN, SAVEPOINT and COMMIT count too."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.commerce import make_offer, make_rate, make_seller
from tests.marketplace.commerce.buying import Shopper
from tests.marketplace.commerce.conftest import Goods
from tests.simulator_process import SimulatorProcess

WHOLE_CHECKOUT = 108
"""120 for the whole, of which the event's page may take 12."""


def test_the_cart_takes_at_most_twelve_queries_whatever_is_in_it(shopper: Shopper, django_assert_max_num_queries):
    make_rate()
    for _ in range(10):
        shopper.add(make_offer(seller=make_seller(tax_registered=True)), 2)
    with django_assert_max_num_queries(12):
        shopper.client.get("/cart/")
    with django_assert_max_num_queries(12):
        shopper.client.get("/checkout/")


def test_a_guest_buys_one_ticket_in_few_statements(shopper: Shopper, simulator: SimulatorProcess, goods: Goods):
    make_rate()
    offer = make_offer("thing", capacity=50, seller=make_seller(tax_registered=True))
    counts: dict[str, int] = {}

    def counted(name: str, ask) -> None:
        with CaptureQueriesContext(connection) as taken:
            answer = ask()
        assert answer.status_code in (200, 302)
        counts[name] = len(taken)

    seen = []
    counted("add", lambda: shopper.add(offer, 1))
    counted("cart", lambda: shopper.client.get("/cart/"))
    counted("checkout", lambda: seen.append(shopper.client.get("/checkout/")) or seen[0])
    text = seen[0].content.decode()
    mark = text.split('name="seen" value="')[1].split('"')[0]
    counted("place", lambda: shopper.check_out(seen=mark))
    counted("waiting", lambda: shopper.get(shopper.order()))
    assert sum(counts.values()) <= WHOLE_CHECKOUT, counts
    assert len(counts) + 1 <= 6, "with the event's page"
