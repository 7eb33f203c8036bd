"""A bank takes the money back: whose it is meanwhile and afterwards, and what becomes of the tickets."""

import pytest
from django.core import mail

from marketplace.commerce.models import Order, OrderDispute
from marketplace.commerce.services import askable, everything_left
from marketplace.ledger.selectors import balance, entry
from marketplace.notifications.models import Alert, Message
from marketplace.notifications.services import send_waiting
from marketplace.payments.errors import PaymentDisputed
from marketplace.payments.models import Dispute, Payment
from marketplace.ticketing.models import Ticket
from tests.factories.commerce import make_order
from tests.factories.payouts import owed
from tests.marketplace.commerce.money import (
    booked,
    books_hold,
    dispute,
    give_back,
    make_shop,
    on_sale,
    pay,
    provider_says,
    refund_made,
    release,
    sold,
    tell,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return sold(provider="stripe", quantity=2)


@pytest.fixture(autouse=True)
def _everything_agrees():
    yield
    books_hold()


def tickets() -> list[str]:
    return list(Ticket.objects.order_by("pk").values_list("status", flat=True))


def key(case: Dispute, what: str) -> str:
    return f"dispute:{case.external_id}:{what}"


def shop(order: Order):
    return order.lines.get().seller


def test_the_seller_is_told_what_happens_and_the_buyer_is_not(order: Order):
    Message.objects.all().delete()
    dispute(order.paid_by)
    send_waiting()
    assert [letter.to for letter in mail.outbox] == [["shop@example.com"]]
    assert "has taken KES 2,320 back for now" in mail.outbox[0].body
    assert "Your share is set aside" in mail.outbox[0].body
    assert f"See the sale: http://localhost:8000/admin/sales/inspect/{order.lines.get().pk}/" in mail.outbox[0].body


def test_what_was_won_before_we_heard_of_it_costs_its_fee_and_nothing_else(order: Order):
    case = dispute(order.paid_by, status="won", funds_taken=False, fee_minor=1_500)
    assert entry(key(case, "opened")) is None
    assert booked(key(case, "fee:1")) == {"5010": 1_500, "1010": -1_500}
    assert tickets() == ["valid", "valid"]
    tell(case, status="needs_response", funds_taken=True)
    assert booked(key(case, "opened:2"))["1120"] == 232_000, "opened again, it is a case like any other"


def test_while_it_lasts_no_refund_goes_out(order: Order):
    dispute(order.paid_by)
    with pytest.raises(PaymentDisputed):
        give_back(order, 1)
    assert askable(order) == []


def test_of_a_partly_refunded_order_only_the_rest_is_held_and_the_bank_takes_some_twice(order: Order):
    provider_says(give_back(order, 1), "succeeded")
    case = dispute(order.paid_by, amount=232_000)
    assert owed(shop(order)) == {"2150": 88_400}
    tell(case, status="lost")
    assert booked(key(case, "lost")) == {
        "2150": 88_400, "4900": 10_000, "2310": 16_000, "2330": 1_600, "5110": 116_000, "1120": -232_000,
    }  # fmt: skip
    assert tickets() == ["void", "void"]


def test_a_refund_that_fails_after_the_bank_has_taken_the_money_is_owed_to_nobody(order: Order):
    refund = give_back(order, 1)
    provider_says(refund, "sent", external_id="re_1")
    case = dispute(order.paid_by, amount=232_000)
    tell(case, status="lost")
    assert booked(key(case, "lost"))["5110"] == 116_000, "as if it had been given back twice"
    provider_says(refund, "failed", code="expired_card")
    work()
    made = refund_made(refund)
    assert (made.status, made.method) == ("succeeded", "manual")
    assert booked(f"refund:{made.pk}:settled:{made.attempt}") == {"2410": 116_000, "5110": -116_000}
    assert balance(code="5110", currency="KES") == balance(code="2410", currency="KES") == 0


def test_a_refund_that_never_went_out_is_settled_by_what_the_bank_took(order: Order):
    refund = give_back(order, 1)
    provider_says(refund, "failed", code="expired_or_canceled_card", undoes=True)
    case = dispute(order.paid_by)
    tell(case, status="lost")
    assert booked(key(case, "lost"))["1120"] == -116_000
    refund.refresh_from_db()
    assert refund.status == "done"
    assert balance(code="2410", currency="KES") == 0
    assert balance(code="1120", currency="KES") == 0


def test_a_partial_dispute_that_settles_an_owed_refund_lets_the_rest_go(order: Order):
    provider_says(give_back(order, 1), "failed", code="expired_or_canceled_card", undoes=True)
    case = dispute(order.paid_by, amount=116_000)
    assert owed(shop(order)) == {"2150": 88_400}
    tell(case, status="lost")
    assert booked(key(case, "let-go")) == {"2150": 88_400, "2110": -88_400}
    assert entry(key(case, "lost")) is None
    assert owed(shop(order)) == {"2110": 88_400}
    assert tickets() == ["void", "valid"]


def test_of_a_part_that_is_lost_a_person_says_what_ends(order: Order):
    case = dispute(order.paid_by, amount=116_000)
    assert tickets() == ["suspended", "suspended"]
    tell(case, status="lost")
    assert owed(shop(order)) == {"2110": 88_400}
    assert tickets() == ["valid", "valid"]
    assert Alert.objects.get(code="dispute_partly_lost").closed_at is None
    assert sum(wish.amount_minor or 0 for wish in everything_left(order)) == 116_000
    give_back(order, 2, amount=116_000)
    assert owed(shop(order)) == {}


def test_more_than_was_paid_is_a_matter_of_exchange(order: Order):
    case = dispute(order.paid_by, amount=235_000)
    tell(case, status="lost")
    assert booked(key(case, "lost"))["5220"] == 3_000
    assert balance(code="1120", currency="KES") == 0


def test_what_is_delivered_while_it_lasts_is_suspended():
    order = make_order(offer=on_sale(make_shop()).offer)
    payment = pay(order, provider="stripe")
    from marketplace.core.models import OutboxEvent

    OutboxEvent.objects.filter(topic="commerce.order_paid").update(delivered_at="2026-01-01T00:00Z")
    case = dispute(payment)
    from marketplace.commerce.services import fulfill_order

    fulfill_order(order_code=order.code)
    assert tickets() == ["suspended"]
    tell(case, status="won", funds_taken=False)
    assert tickets() == ["valid"]


def test_what_was_not_delivered_when_it_was_lost_never_comes_alive():
    order = make_order(offer=on_sale(make_shop()).offer)
    payment = pay(order, provider="stripe")
    from marketplace.core.models import OutboxEvent

    OutboxEvent.objects.filter(topic="commerce.order_paid").update(delivered_at="2026-01-01T00:00Z")
    tell(dispute(payment), status="lost")
    from marketplace.commerce.services import fulfill_order

    fulfill_order(order_code=order.code)
    work()
    assert tickets() == ["void"]


def test_two_disputes_hold_the_tickets_until_both_are_over(order: Order):
    first, second = dispute(order.paid_by, amount=100_000), dispute(order.paid_by, amount=50_000)
    tell(first, status="won", funds_taken=False)
    assert tickets() == ["suspended", "suspended"]
    tell(second, status="won", funds_taken=False)
    assert tickets() == ["valid", "valid"]


class TestFees:
    def test_a_fee_that_is_given_back_is_booked_back(self, order: Order):
        case = dispute(order.paid_by, fee_minor=150_000)
        assert balance(code="5010", currency="KES") == 150_000
        tell(case, status="won", funds_taken=False, fee_minor=0)
        assert balance(code="5010", currency="KES") == 0

    def test_the_seller_bears_it_when_that_is_the_rule_and_the_dispute_was_lost(self, order: Order, settings):
        settings.DISPUTE_FEES_RECHARGED = True
        release(order)
        case = dispute(order.paid_by, amount=116_000, fee_minor=1_500)
        assert entry(key(case, "recharged")) is None
        tell(case, status="lost")
        assert booked(key(case, "recharged")) == {"2120": 1_500, "4030": -1_500}

    def test_what_the_seller_does_not_have_they_owe(self, order: Order, settings):
        settings.DISPUTE_FEES_RECHARGED = True
        tell(dispute(order.paid_by, fee_minor=1_500), status="lost")
        assert owed(shop(order)) == {"1110": -1_500}


class TestSecondThoughts:
    def test_a_closed_dispute_can_be_opened_again(self, order: Order):
        case = dispute(order.paid_by)
        tell(case, status="closed", funds_taken=False)
        assert owed(shop(order)) == {"2110": 176_800}
        tell(case, status="needs_response", funds_taken=True)
        assert owed(shop(order)) == {"2150": 176_800}
        assert OrderDispute.objects.get().openings == 2
        tell(case, status="lost")
        assert booked(key(case, "lost") + ":2")["1120"] == -232_000

    def test_a_lost_one_can_be_won_after_all_and_a_person_is_told(self, order: Order):
        case = dispute(order.paid_by)
        tell(case, status="lost")
        tell(case, status="won", funds_taken=False)
        assert owed(shop(order)) == {"2110": 176_800}
        assert balance(code="1120", currency="KES") == 0
        assert tickets() == ["void", "void"], "what has ended stays so"
        assert Alert.objects.get(code="dispute_won_late").closed_at is None


class TestMoneyThatPaidNothing:
    def second(self, order: Order) -> Payment:
        """Nobody knows a way back for it, so it waits for a person."""
        attempt = Payment.objects.filter(reference=order.code).count() + 1
        payment = pay(order, provider="mpesa", receipt=None, phone="")
        assert payment.attempt == attempt
        return payment

    def test_what_was_set_aside_leaves_from_there(self, order: Order):
        payment = self.second(order)
        assert balance(code="2910", currency="KES") == -232_000
        case = dispute(payment)
        tell(case, status="lost")
        assert booked(key(case, "lost")) == {"2910": 232_000, "1120": -232_000}
        assert tickets() == ["valid", "valid"], "the order is paid by another payment"
