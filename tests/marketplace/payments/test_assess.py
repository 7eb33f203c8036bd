"""What looks doubtful, how it is said, and what a bound does."""

import datetime as dt

import pytest

from marketplace.core import clock
from marketplace.payments.models import Assessment, InboxMessage, Payment
from marketplace.payments.risk.rules import explain, rules
from marketplace.payments.services import assess, remember_card
from marketplace.payments.services.story import tell
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db


def tried(card: str = "", *, email: str = "buyer@example.com", phone: str = "", **fields) -> Payment:
    """An attempt with a card, whoever by."""
    payment = make_payment(provider="stripe", phone=phone, **fields)
    type(payment.client).objects.filter(payment=payment).update(email=email)
    if card:
        charge = {"payment_method_details": {"card": {"fingerprint": card, "last4": "4242"}}}
        tell(payment, source="query", kind="outcome", answer={"payment_intent": {"latest_charge": charge}})
        remember_card(payment_id=payment.pk)
    return payment


def codes(payment: Payment) -> list[str]:
    return [one["code"] for one in assess(payment_id=payment.pk).findings]


def test_an_ordinary_payment_scores_nothing():
    payment = make_payment(status="succeeded")
    assert (assess(payment_id=payment.pk).score, assess(payment_id=payment.pk).holds) == (0, False)


def test_one_phone_that_pays_again_and_again_is_noticed_and_said():
    for _ in range(5):
        make_payment(status="succeeded")
    payment = make_payment(status="succeeded")
    found = assess(payment_id=payment.pk)
    assert found.findings[0]["code"] == "phone_velocity"
    assert explain(found.findings[0]) == "6 attempts from this phone within an hour"
    assert found.score == sum(one["weight"] for one in found.findings)


def test_other_phones_and_older_payments_do_not_count():
    for number in range(10):
        make_payment(phone=f"+25471234560{number}", status="succeeded")
        old = make_payment(status="succeeded")
        Payment.objects.filter(pk=old.pk).update(created_at=clock.now() - dt.timedelta(days=2))
    assert "phone_velocity" not in codes(make_payment(status="succeeded"))


def test_nobody_is_not_one_person():
    for number in range(10):
        tried(email="", phone="", reference=f"NOBODY{number}")
    assert codes(tried(email="", phone="")) == []


def test_a_card_used_by_several_people_is_noticed():
    for number in range(3):
        payment = tried("fp_1", email=f"buyer{number}@example.com", status="succeeded")
    assert codes(payment) == ["card_of_many"]


def test_several_cards_of_one_person_are_noticed_declined_ones_too():
    for number in range(2):
        tried(f"fp_{number}", status="failed")
    assert "many_cards" in codes(tried("fp_9", status="succeeded"))


def test_repeated_failures_of_one_person_are_noticed():
    for _ in range(4):
        tried(status="failed")
    assert "repeated_failures" in codes(tried(status="succeeded"))


def test_a_message_that_contradicts_us_weighs_most():
    payment = make_payment(status="succeeded")
    InboxMessage.objects.create(
        provider="mpesa", event_id="x", body="{}", payment=payment, status="quarantined", due_at=clock.now()
    )
    assert codes(payment) == ["contradicted"]
    assert "contradicts" in explain(assess(payment_id=payment.pk).findings[0])


def test_the_first_look_stands():
    payment = make_payment(status="succeeded")
    first = assess(payment_id=payment.pk)
    for _ in range(9):
        make_payment(status="succeeded")
    assert assess(payment_id=payment.pk).created_at == first.created_at
    assert Assessment.objects.get().score == 0


@pytest.mark.parametrize(("bound", "holds"), [(0, False), (60, True), (61, False)])
def test_goods_wait_from_the_bound_on_and_never_without_one(settings, bound, holds):
    settings.RISK_HOLD_SCORE = bound
    payment = make_payment(status="succeeded")
    tell(payment, source="query", kind="moved", reason="amount_mismatch")
    assert (assess(payment_id=payment.pk).score, assess(payment_id=payment.pk).holds) == (60, holds)


def test_the_settings_change_bounds_and_silence_rules(settings):
    settings.RISK_RULES = {"phone_velocity": {"bound": 2, "weight": 99}, "email_velocity": {"weight": 0}}
    make_payment(status="succeeded")
    found = assess(payment_id=make_payment(status="succeeded").pk)
    assert found.findings == [{"code": "phone_velocity", "weight": 99, "count": 2}]
    assert "email_velocity" not in {rule.code for rule in rules(settings.RISK_RULES)}


def test_no_rule_is_so_sharp_that_an_ordinary_buyer_meets_it():
    assert all(rule.bound >= 3 for rule in rules() if rule.code != "contradicted")


def test_a_look_costs_a_bounded_number_of_queries(django_assert_max_num_queries):
    for _ in range(20):
        tried("fp_1", status="failed")
    payment = tried("fp_2", status="succeeded")
    with django_assert_max_num_queries(25):
        assess(payment_id=payment.pk)
