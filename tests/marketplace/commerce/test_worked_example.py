"""One sale and everything that can become of it, through the real services, posting by posting.

The buyer pays 1,160: a price of 1,000 and 160 of tax on top. Our commission is 100, on which we owe 16 of tax
ourselves; 884 remain to the seller.
"""

import pytest

from marketplace.commerce.models import Order, OrderRefund
from marketplace.ledger.selectors import balance, entry, trial_balance
from marketplace.payments.models import Payment
from marketplace.payouts.models import Earning
from marketplace.payouts.services import propose_run
from marketplace.sellers.models import Seller
from marketplace.ticketing.models import Ticket
from tests.factories.payouts import heard, make_destination, owed, sent
from tests.marketplace.commerce.money import (
    booked,
    books_hold,
    dispute,
    give_back,
    make_shop,
    on_sale,
    provider_says,
    refund_made,
    release,
    sold,
    tell,
)

pytestmark = pytest.mark.django_db

SOLD = {"1020": 116_000, "2110": -88_400, "4010": -10_000, "2310": -16_000, "2330": -1_600}
NOT_THE_SELLERS = {"4900": 10_000, "2310": 16_000, "2330": 1_600, "2410": -116_000}


@pytest.fixture
def order() -> Order:
    return sold()


@pytest.fixture(autouse=True)
def _everything_agrees():
    """Whatever a test does, every check of every room finds nothing afterwards."""
    yield
    books_hold()


def seller_of(order: Order):
    return order.lines.get().seller


def sale(order: Order) -> dict[str, int]:
    return booked(f"order:{order.code}:sale:seller:{seller_of(order).pk}")


def refunded(order: Order, number: int = 1) -> dict[str, int]:
    return booked(f"order:{order.code}:refund:{number}")


def settled(refund: OrderRefund) -> dict[str, int]:
    made = refund_made(refund)
    return booked(f"refund:{made.pk}:settled:{made.attempt}")


def test_the_sale(order: Order):
    assert sale(order) == SOLD
    earning = Earning.objects.get(reference=order.code)
    assert (earning.gross_minor, earning.share_minor, earning.commission_tax_minor) == (116_000, 88_400, 1_600)


def test_a_full_refund_before_release(order: Order):
    refund = give_back(order, 1)
    assert refunded(order) == {"2110": 88_400, **NOT_THE_SELLERS}
    assert (refund.status, refund_made(refund).method) == ("sending", "provider")
    provider_says(refund, "succeeded", receipt="REV1")
    assert settled(refund) == {"2410": 116_000, "1020": -116_000}
    assert refund.status == "done"
    assert owed(seller_of(order)) == {}
    assert trial_balance("KES") == {
        "1020": 0, "2110": 0, "2310": 0, "2330": 0, "2410": 0, "4010": -10_000, "4900": 10_000,
    }  # fmt: skip
    assert Ticket.objects.get(order_line__order=order).status == "void"


def test_a_seller_who_moves_takes_no_tax_along(order: Order):
    """The tax on our commission is owed where it was when they sold."""
    Seller.objects.filter(pk=seller_of(order).pk).update(country="UG")
    give_back(order, 1)
    due = entry(f"order:{order.code}:refund:1").postings.get(account__code="2330")
    assert (due.account.owner, due.minor) == ("tax:KE", 1_600)


def test_a_full_refund_after_release_takes_what_is_available_and_then_the_reserve(order: Order):
    release(order)
    assert owed(seller_of(order)) == {"2120": 79_560, "2130": 8_840}
    give_back(order, 1)
    assert refunded(order) == {"2120": 79_560, "2130": 8_840, **NOT_THE_SELLERS}
    assert owed(seller_of(order)) == {}


def test_a_full_refund_after_the_payout_makes_the_seller_owe_us(order: Order):
    seller = seller_of(order)
    verified(seller)
    release(order)
    propose_run(actor_id=1)
    heard(sent(seller.payouts.get()), "paid")
    assert owed(seller) == {"2130": 8_840}
    give_back(order, 1)
    assert refunded(order) == {"2130": 8_840, "1110": 79_560, **NOT_THE_SELLERS}
    assert owed(seller) == {"1110": -79_560}


def verified(seller) -> None:
    from marketplace.payouts.models import Verification

    Verification.objects.create(seller=seller, status="approved", legal_name="Shop", country="KE", connect_ready=True)
    make_destination(seller)


def test_partial_refunds_share_every_part_and_the_last_leaves_nothing():
    order = sold(provider="stripe")
    give_back(order, amount=33_333)
    assert refunded(order) == {"2110": 25_402, "4900": 2_873, "2310": 4_598, "2330": 460, "2410": -33_333}
    give_back(order, amount=1)
    assert refunded(order, 2) == {"2110": 1, "2410": -1}
    assert Ticket.objects.get(order_line__order=order).status == "valid", "money alone ends nothing"
    last = give_back(order, 1)
    assert last.amount_minor == 116_000 - 33_334
    line = order.lines.get()
    assert (order.refunded_minor, line.refunded_minor, line.refunded_quantity) == (116_000, 116_000, 1)
    sums = {name: sum(getattr(row, name) for row in line.refund_lines.all()) for name in PARTS}
    assert sums == {"share_minor": 88_400, "fee_minor": 10_000, "tax_minor": 16_000, "commission_tax_minor": 1_600}
    assert owed(seller_of(order)) == {}


PARTS = ("share_minor", "fee_minor", "tax_minor", "commission_tax_minor")


def test_one_of_three_tickets_is_a_third_of_everything():
    order = sold(quantity=3)
    give_back(order, 2)
    assert refunded(order) == {"2110": 88_400, **NOT_THE_SELLERS}
    assert [t.status for t in Ticket.objects.order_by("position")] == ["valid", "void", "valid"]


def test_a_dispute_is_held_and_when_won_everything_is_as_it_was():
    order = sold(provider="stripe")
    seller, payment = seller_of(order), order.paid_by
    before = trial_balance("KES")
    case = dispute(payment, fee_minor=1_500)
    assert booked(f"dispute:{case.external_id}:opened") == {
        "1120": 116_000, "1010": -116_000, "2110": 88_400, "2150": -88_400,
    }  # fmt: skip
    assert owed(seller) == {"2150": 88_400}
    assert Ticket.objects.get().status == "suspended"
    tell(case, status="won", funds_taken=False)
    assert owed(seller) == {"2110": 88_400}
    assert Ticket.objects.get().status == "valid"
    after = {code: minor for code, minor in trial_balance("KES").items() if minor}
    assert after == {**before, "5010": 1_500, "1010": before["1010"] - 1_500}, "the fee stays"


def test_a_lost_dispute_gives_back_what_everybody_had_of_the_sale():
    order = sold(provider="stripe")
    case = dispute(order.paid_by)
    tell(case, status="lost")
    assert booked(f"dispute:{case.external_id}:lost") == {
        "2150": 88_400, "4900": 10_000, "2310": 16_000, "2330": 1_600, "1120": -116_000,
    }  # fmt: skip
    assert owed(seller_of(order)) == {}
    assert balance(code="1120", currency="KES") == 0
    assert Ticket.objects.get().status == "void"


def test_a_dispute_after_release_takes_what_is_available_and_gives_it_back_when_won():
    order = sold(provider="stripe")
    release(order)
    case = dispute(order.paid_by)
    assert owed(seller_of(order)) == {"2150": 88_400}
    tell(case, status="won", funds_taken=False)
    assert owed(seller_of(order)) == {"2120": 79_560, "2130": 8_840}


def test_an_inquiry_takes_nothing():
    order = sold(provider="stripe")
    case = dispute(order.paid_by, status="inquiry", funds_taken=False)
    assert entry(f"dispute:{case.external_id}:opened") is None
    assert Ticket.objects.get().status == "valid"
    assert owed(seller_of(order)) == {"2110": 88_400}


def test_a_commission_larger_than_the_price_leaves_the_seller_nothing_and_never_less():
    shop = make_shop(fee_basis_points=0, fee_fixed={"KES": 500_000}, tax_registered=False)
    order = sold(ticket=on_sale(shop, price=1_000))
    line = order.lines.get()
    assert line.seller_share_minor == 0
    assert (line.fee_minor, line.commission_tax_minor) == (862, 138), "what we keep and owe is what was paid"
    assert sale(order) == {"1020": 1_000, "4010": -862, "2330": -138}
    give_back(order, 1)
    assert refunded(order) == {"4900": 862, "2330": 138, "2410": -1_000}


def test_free_tickets_are_no_money():
    order = sold(ticket=on_sale(make_shop(), price=0))
    assert order.status == Order.Status.FULFILLED
    assert not Payment.objects.exists()
    assert not Earning.objects.exists()
