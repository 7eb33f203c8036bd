"""Money that does not fit: what goes by itself goes once, and what a person decides ends properly."""

import pytest
import time_machine

from marketplace.commerce import upkeep
from marketplace.commerce.errors import CannotApply, NotAChoice, ReviewResolved
from marketplace.commerce.models import Order, OrderReview
from marketplace.commerce.services import mark_paid, resolve_review
from marketplace.commerce.services.resolve_review import choices
from marketplace.core import clock
from marketplace.ledger.selectors import balance
from marketplace.payments.models import Payment, Refund
from tests.factories.commerce import make_order
from tests.marketplace.commerce.money import booked, books_hold, make_shop, on_sale, pay, work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything_agrees():
    yield
    books_hold()


def waiting(capacity: int = 5) -> Order:
    return make_order(offer=on_sale(make_shop(), capacity=capacity).offer)


def ended(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(expires_at=clock.now())
    upkeep.release_expired()
    order.refresh_from_db()
    assert order.status == "expired"


def stock(order: Order) -> tuple[int, int]:
    pool = order.lines.get().offer.pools.get()
    return pool.held, pool.sold


def resolve(order: Order, action: str) -> OrderReview:
    review = resolve_review(review_id=order.reviews.get(resolved_at=None).pk, action=action, actor_id=1)
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
