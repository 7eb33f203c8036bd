"""A doubtful payment pays its order, and its goods wait for a person."""

import pytest

from marketplace.audit.models import LogEntry
from marketplace.commerce.models import OrderHold
from marketplace.commerce.services import decide_hold
from marketplace.commerce.services.decide_hold import HoldDecided
from marketplace.core import outbox
from marketplace.notifications.models import Message
from marketplace.ticketing.models import Ticket
from tests.factories.desks import make_sale
from tests.factories.events import make_ticket
from tests.marketplace.commerce.buying import Shopper, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sharp(settings):
    """Whoever pays at all is doubtful."""
    settings.RISK_RULES = {"phone_velocity": {"bound": 1, "weight": 50}}
    settings.RISK_HOLD_SCORE = 50


def sold():
    order = make_sale(make_ticket().offer)
    outbox.drain()
    order.refresh_from_db()
    return order


def test_by_default_nothing_waits():
    assert sold().status == "fulfilled"
    assert not OrderHold.objects.exists()


def test_held_goods_are_not_made_while_the_sale_stands(sharp):
    order = sold()
    assert (order.status, order.hold.outcome, order.hold.score) == ("paid", "waiting", 50)
    assert not Ticket.objects.exists()


def test_released_goods_go_out(sharp):
    order = sold()
    decide_hold(order_id=order.pk, release=True, note="Known to us", actor_id=7)
    outbox.drain()
    order.refresh_from_db()
    assert order.status == "fulfilled"
    assert Ticket.objects.count() == 1
    assert LogEntry.objects.get(action="order.hold_released").actor_id == 7


def test_refused_goods_never_go_out_and_it_is_decided_once(sharp):
    order = sold()
    decide_hold(order_id=order.pk, release=False, note="", actor_id=7)
    with pytest.raises(HoldDecided):
        decide_hold(order_id=order.pk, release=True, note="", actor_id=8)
    outbox.publish("commerce.order_paid", order_code=order.code)
    outbox.drain()
    assert not Ticket.objects.exists()


def test_a_score_below_the_bound_holds_nothing(sharp, settings):
    settings.RISK_HOLD_SCORE = 51
    assert sold().status == "fulfilled"


class TestWhatTheBuyerReads:
    def test_that_it_is_paid_and_checked_and_what_comes_next(self, sharp, shopper: Shopper):
        page = text_of(shopper.get(sold()))
        for words in ("Paid, and being checked", "What happens next", "within a day", "name the order"):
            assert words in page
        assert "Getting everything ready" not in page

    def test_nothing_of_the_rule_or_the_score(self, sharp, shopper: Shopper):
        page = text_of(shopper.get(sold())).lower()
        assert [word for word in ("fraud", "risk", "score", "doubt", "phone_velocity") if word in page] == []

    def test_one_mail_that_says_the_same(self, sharp):
        order = sold()
        outbox.publish("commerce.order_paid", order_code=order.code)
        outbox.drain()
        mail = Message.objects.get(key__startswith=f"order:{order.code}:")
        assert mail.subject == f"Your payment for order {order.code} is in"

    def test_a_page_that_waits_is_told_to_load_the_new_one(self, sharp, shopper: Shopper):
        answer = shopper.get(sold(), "status/", seen="phone")
        assert answer.headers["HX-Refresh"] == "true"
        assert b"data-hx-get" not in answer.content, "a person decides: nothing to poll for"

    def test_that_the_money_goes_back_when_it_was_refused(self, sharp, shopper: Shopper):
        order = sold()
        decide_hold(order_id=order.pk, release=False, note="Known fraudster", actor_id=7)
        page = text_of(shopper.get(order))
        assert "Your money goes back to you" in page
        assert "Known fraudster" not in page
