"""Money that does not fit: what goes by itself goes once, and what a person decides ends properly."""

import pytest
import time_machine

from marketplace.commerce import upkeep
from marketplace.commerce.errors import CannotApply, NotAChoice, ReviewResolved
from marketplace.commerce.models import Order, OrderDispute, OrderReview
from marketplace.commerce.services import mark_paid, resolve_review
from marketplace.commerce.services.resolve_review import choices
from marketplace.core import clock, outbox
from marketplace.core.models import OutboxEvent
from marketplace.ledger.selectors import balance
from marketplace.payments.errors import PayerUnknown
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.sellers.models import Seller
from tests.factories.commerce import make_offer, make_order
from tests.factories.payments import make_payment
from tests.marketplace.commerce.money import (
    booked,
    books_hold,
    dispute,
    make_shop,
    on_sale,
    pay,
    refund_outside,
    tell,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_agrees():
    yield
    books_hold()


def waiting(capacity: int = 5, shop: Seller | None = None) -> Order:
    return make_order(offer=on_sale(shop or make_shop(), capacity=capacity).offer)


def ended(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(expires_at=clock.now())
    upkeep.release_expired()
    order.refresh_from_db()
    assert order.status == "expired"


def stock(order: Order) -> tuple[int, int]:
    pool = order.lines.get().offer.pools.get()
    return pool.held, pool.sold


def resolve(order: Order, action: str, **typed: str) -> OrderReview:
    review = resolve_review(review_id=order.reviews.get(resolved_at=None).pk, action=action, actor_id=1, **typed)
    work()
    order.refresh_from_db()
    return review


def test_late_money_that_went_back_never_pays_even_when_the_seat_comes_free():
    order = waiting(capacity=1)
    ended(order)
    other = make_order(offer=order.lines.get().offer)
    payment = pay(order)
    assert Refund.objects.get().payment == payment
    ended(other)
    for _ in range(2):
        mark_paid(payment_id=str(payment.pk))
        work()
    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == ("expired", 1)
    assert stock(order) == (0, 0)


def test_an_order_given_up_is_bought_after_all_when_its_payment_comes_late():
    order = waiting()
    ended(order)
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    pay(order)
    work()
    order.refresh_from_db()
    assert (order.status, stock(order)) == ("fulfilled", (0, 1))


def test_late_money_without_a_way_back_is_applied_by_a_person_when_the_goods_are_there_again():
    order = waiting(capacity=1)
    ended(order)
    other = make_order(offer=order.lines.get().offer)
    pay(order, receipt=None, phone="")
    assert choices(order.reviews.get()) == ["return", "apply"]
    with pytest.raises(CannotApply):
        resolve(order, "apply")
    ended(other)
    resolve(order, "apply")
    assert (order.status, stock(order)) == ("fulfilled", (0, 1))
    seller = order.lines.get().seller_id
    assert booked(f"order:{order.code}:sale:seller:{seller}")["2910"] == 116_000
    assert balance(code="2910", currency="KES") == 0


class TestWrongAmounts:
    def test_too_much_pays_and_the_rest_goes_back(self):
        order = waiting()
        payment = pay(order, amount=150_000)
        assert order.status == "review"
        resolve(order, "apply")
        assert (order.status, order.paid_by) == ("fulfilled", payment)
        assert Refund.objects.get().amount_minor == 34_000
        assert balance(code="2910", currency="KES") == 0

    def test_the_rest_of_money_that_names_no_phone_is_given_back_by_hand(self):
        """As money paid to the paybill is."""
        order = waiting()
        pay(order, amount=150_000, phone="")
        with pytest.raises(PayerUnknown):
            resolve(order, "apply")
        assert order.reviews.get().resolved_at is None
        resolve(order, "apply", evidence="M-Pesa portal, 2 January, SKL81QX2PT")
        assert order.status == "fulfilled"
        given = Refund.objects.get()
        assert (given.amount_minor, given.method, given.evidence[-10:]) == (34_000, "manual", "SKL81QX2PT")
        assert balance(code="2910", currency="KES") == 0

    def test_too_little_only_goes_back(self):
        order = waiting()
        pay(order, amount=100_000)
        assert choices(order.reviews.get()) == ["return"]
        with pytest.raises(NotAChoice):
            resolve(order, "apply")
        resolve(order, "return")
        assert (order.status, stock(order)) == ("cancelled", (0, 0))
        assert Refund.objects.get().amount_minor == 100_000

    def test_a_decision_is_made_once(self):
        order = waiting()
        pay(order, amount=100_000)
        review = resolve(order, "return")
        with pytest.raises(ReviewResolved):
            resolve_review(review_id=review.pk, action="return", actor_id=2)
        assert Refund.objects.count() == 1


class TestNobodyKnows:
    def questioned(self, order: Order, attempt: int = 1) -> Payment:
        from marketplace.commerce.handlers import questioned
        from tests.factories.payments import make_payment

        payment = make_payment(reference=order.code, attempt=attempt, status="review", amount=order.total_minor)
        questioned(payment_id=str(payment.pk), reference=order.code, reason="no_answer")
        order.refresh_from_db()
        return payment

    def test_one_answer_leaves_the_question_about_another_payment_open(self):
        order = waiting()
        first, second = self.questioned(order), self.questioned(order, attempt=2)
        OrderReview.objects.get_or_create(order=order, payment=second, reason="payment_unknown")
        Payment.objects.filter(pk=first.pk).update(status="succeeded")
        mark_paid(payment_id=str(first.pk))
        assert order.reviews.get(payment=first).resolved_at is not None
        assert order.reviews.get(payment=second).resolved_at is None

    def test_an_order_with_another_question_open_is_not_given_up(self):
        from marketplace.commerce.handlers import failed

        order = waiting()
        first, second = self.questioned(order), self.questioned(order, attempt=2)
        OrderReview.objects.get_or_create(order=order, payment=second, reason="payment_unknown")
        for payment, status, held in ((first, "review", 1), (second, "cancelled", 0)):
            Payment.objects.filter(pk=payment.pk).update(status="failed")
            failed(payment_id=str(payment.pk), reference=order.code, code="1032")
            order.refresh_from_db()
            assert (order.status, stock(order)) == (status, (held, 0))

    @pytest.mark.parametrize("action", ["return", "apply", "close"])
    def test_money_heard_of_a_moment_ago_is_not_moved_before_it_is_booked(self, action: str):
        """There is enough of others' money on 2910 to pay it with."""
        other = waiting()
        pay(other, amount=150_000)
        order = make_order(offer=other.lines.get().offer)
        payment = self.questioned(order)
        review = order.reviews.get()
        assert choices(review) == ["close"]
        Payment.objects.filter(pk=payment.pk).update(status="succeeded")
        with pytest.raises(NotAChoice):
            resolve_review(review_id=review.pk, action=action, actor_id=1, evidence="portal")
        assert not Refund.objects.exists()
        mark_paid(payment_id=str(payment.pk))
        work()
        order.refresh_from_db()
        assert (order.status, order.paid_by, stock(order)) == ("fulfilled", payment, (1, 1))

    def test_a_success_long_after_is_bought_or_goes_back_like_any_late_one(self):
        order = waiting()
        payment = self.questioned(order)
        resolve_review(review_id=order.reviews.get().pk, action="close", actor_id=1, evidence="portal, page 3")
        work()
        order.refresh_from_db()
        assert (order.status, stock(order)) == ("cancelled", (0, 0))
        with time_machine.travel(clock.in_seconds(7200)):
            Payment.objects.filter(pk=payment.pk).update(status="succeeded")
            mark_paid(payment_id=str(payment.pk))
            work()
        order.refresh_from_db()
        assert (order.status, stock(order)) == ("fulfilled", (0, 1))


class TestGoneElsewhere:
    """Somebody gave the money back in the provider's dashboard, or the payer's bank asks for it."""

    @pytest.fixture(autouse=True)
    def shop(self) -> Seller:
        """There is enough of others' money on 2910 to pay anything with."""
        shop = make_shop()
        pay(waiting(shop=shop), amount=500_000)
        return shop

    @pytest.fixture
    def order(self, shop: Seller) -> Order:
        return waiting(shop=shop)

    def only_others(self) -> None:
        assert balance(code="2910", currency="KES") == -500_000

    def test_what_went_back_pays_nothing_and_ends_the_wait(self, order: Order):
        payment = pay(order, amount=150_000, provider="stripe")
        review = order.reviews.get()
        refund_outside(payment, 150_000)
        order.refresh_from_db()
        review.refresh_from_db()
        assert (order.status, stock(order)) == ("cancelled", (0, 0))
        assert review.resolution == "went back at the provider"
        with pytest.raises(ReviewResolved):
            resolve_review(review_id=review.pk, action="apply", actor_id=1)
        self.only_others()

    def test_before_we_have_booked_that_neither(self, order: Order):
        """The refund is known, and what it means is still on its way to the books."""
        payment = pay(order, amount=150_000, provider="stripe")
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=150_000)
        review = order.reviews.get()
        assert choices(review) == []
        for action in ("apply", "return"):
            with pytest.raises(NotAChoice):
                resolve_review(review_id=review.pk, action=action, actor_id=1)
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=0)
        refund_outside(payment, 150_000)

    def test_of_a_part_the_rest_goes_back(self, order: Order):
        payment = pay(order, amount=150_000, provider="stripe")
        refund_outside(payment, 50_000)
        assert choices(order.reviews.get()) == ["return"]
        resolve(order, "return")
        assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [50_000, 100_000]
        assert order.status == "cancelled"
        self.only_others()

    def test_what_is_enough_after_a_part_went_back_pays_and_only_the_rest_goes_back(self, order: Order):
        payment = pay(order, amount=200_000, provider="stripe")
        refund_outside(payment, 50_000)
        resolve(order, "apply")
        assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [34_000, 50_000]
        assert order.status == "fulfilled"
        self.only_others()

    def test_a_part_that_is_not_booked_yet_is_waited_for(self, order: Order):
        """Applied in that moment, the rest would pay the order, and the part would be taken from the seller."""
        payment = pay(order, amount=200_000, provider="stripe")
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=50_000)
        made = Refund.objects.create(
            payment=payment, key="outside:re_1", amount_minor=50_000, origin="outside", status="succeeded",
            external_id="re_1", settled_at=clock.now(),
        )  # fmt: skip
        with pytest.raises(NotAChoice):
            resolve(order, "apply")
        fact = {"refund_id": str(made.pk), "payment_id": str(payment.pk), "reference": order.code}
        outbox.publish("payments.refunded_outside", **fact)
        work()
        resolve(order, "apply")
        assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [34_000, 50_000]
        assert order.refunded_minor == 0
        self.only_others()

    def test_while_a_bank_asks_nothing_is_decided_and_when_it_is_lost_nothing_is_left_to(self, order: Order):
        case = dispute(pay(order, amount=150_000, provider="stripe"))
        assert choices(order.reviews.get()) == []
        with pytest.raises(NotAChoice):
            resolve(order, "apply")
        tell(case, status="lost")
        order.refresh_from_db()
        assert (order.status, order.reviews.get().resolution) == ("cancelled", "went back at the provider")
        self.only_others()

    def test_when_the_bank_gives_it_back_it_may_pay_after_all(self, order: Order):
        case = dispute(pay(order, amount=150_000, provider="stripe"))
        tell(case, status="won", funds_taken=False)
        assert choices(order.reviews.get()) == ["return", "apply"]
        resolve(order, "apply")
        assert order.status == "fulfilled"
        self.only_others()

    @pytest.mark.parametrize("ended_before", [False, True])
    def test_what_went_back_before_we_heard_that_it_was_paid_buys_nothing(self, order: Order, ended_before: bool):
        if ended_before:
            ended(order)
        payment = make_payment(
            provider="stripe", reference=order.code, status="review", amount=order.total_minor, receipt="ch_1"
        )
        refund_outside(payment, order.total_minor)
        assert OutboxEvent.objects.filter(topic="payments.refunded_outside", delivered_at=None).exists(), "it waits"
        self.only_others()
        Payment.objects.filter(pk=payment.pk).update(status="succeeded")
        mark_paid(payment_id=str(payment.pk))
        work()
        order.refresh_from_db()
        assert order.status == ("expired" if ended_before else "cancelled")
        assert stock(order) == (0, 0)
        assert order.reviews.get(payment=payment).resolved_at is not None
        assert not OutboxEvent.objects.filter(topic="payments.refunded_outside", delivered_at=None).exists()
        self.only_others()

    def test_a_bank_that_asks_before_the_payment_is_booked_waits_for_that(self, order: Order):
        payment = make_payment(provider="stripe", reference=order.code, status="review", amount=order.total_minor)
        case = Dispute.objects.create(
            payment=payment, provider="stripe", external_id="dp_early", amount_minor=payment.amount_minor,
            status="needs_response", funds_taken=True, opened_at=clock.now(),
        )  # fmt: skip
        outbox.publish("payments.dispute_opened", dispute_id=str(case.pk), reference=order.code)
        work()
        assert not OrderDispute.objects.exists()
        Payment.objects.filter(pk=payment.pk).update(status="succeeded")
        mark_paid(payment_id=str(payment.pk))
        work()
        tell(case, status="lost")
        seller = order.lines.get().seller_id
        assert balance(code="2110", owner=f"seller:{seller}", currency="KES") == 0, "the seller bears it, not we"
        assert balance(code="5110", currency="KES") == 0
        self.only_others()

    def test_money_of_another_currency_pays_nothing(self, shop: Seller):
        order = make_order(offer=make_offer(seller=shop, price=5_000, currency="USD"))
        pay_in_shillings = make_payment(
            reference=order.code, status="succeeded", amount=order.total_minor, receipt="R1"
        )
        mark_paid(payment_id=str(pay_in_shillings.pk))
        order.refresh_from_db()
        assert (order.status, choices(order.reviews.get())) == ("review", ["return"])
        with pytest.raises(NotAChoice):
            resolve(order, "apply")
        resolve(order, "return")
        self.only_others()
