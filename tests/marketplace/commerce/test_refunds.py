"""Giving back: who may, what ends, what returns to the shelf, and that nothing goes back twice."""

import datetime as dt

import pytest
from django.core import mail

from marketplace.audit.models import LogEntry
from marketplace.commerce import upkeep
from marketplace.commerce.cart_view import cart_view, fingerprint
from marketplace.commerce.errors import (
    BalanceTooSmall,
    NothingLeft,
    NotPaid,
    RefundChanged,
    RefundDecided,
    RefundNotPossible,
    UnitsGone,
)
from marketplace.commerce.letters import rows_of
from marketplace.commerce.models import Order, OrderRefund
from marketplace.commerce.services import (
    Buyer,
    RefundWish,
    ask_refund,
    askable,
    cancel_units,
    decide_hold,
    decide_refund,
    everything_left,
    may_refund,
    place_order,
    refund_order,
)
from marketplace.core.errors import NotYours
from marketplace.events.models import TicketType
from marketplace.ledger.accounts import AccountKey, Code, of_seller
from marketplace.ledger.services import post
from marketplace.notifications.models import Alert
from marketplace.notifications.services import send_waiting
from marketplace.payments.models import Refund
from marketplace.payments.services import retry_refund
from marketplace.sellers.models import SellerMember
from marketplace.ticketing.models import Ticket
from marketplace.ticketing.services import void_tickets
from tests.factories.commerce import make_cart, make_order, make_seller
from tests.factories.events import make_date, make_event, make_ticket
from tests.factories.payouts import owed
from tests.factories.users import make_user
from tests.marketplace.commerce.money import (
    booked,
    books_hold,
    give_back,
    make_shop,
    on_sale,
    pay,
    provider_says,
    refund_made,
    refund_outside,
    sold,
    work,
)

pytestmark = pytest.mark.django_db
STAFF, SELLER = OrderRefund.By.STAFF, OrderRefund.By.SELLER


@pytest.fixture(autouse=True)
def _everything_agrees():
    yield
    books_hold()


def statuses(order: Order) -> list[str]:
    return list(Ticket.objects.filter(order_line__order=order).order_by("position").values_list("status", flat=True))


def shelf(order: Order) -> tuple[int, int]:
    pool = order.lines.get().offer.pools.get()
    return pool.sold, pool.free


def make_order_of(*tickets: TicketType) -> Order:
    """One order of several sellers."""
    cart = make_cart(*(ticket.offer for ticket in tickets))
    seen = fingerprint(cart_view(cart.token).quote)
    order = place_order(token=cart.token, seen=seen, buyer=Buyer(email="amina@example.com"), terms="")
    pay(order)
    work()
    return order


def letters() -> list[str]:
    mail.outbox.clear()
    send_waiting()
    return [letter.subject for letter in mail.outbox]


class TestUnits:
    def test_what_is_given_back_ends_and_returns_to_the_shelf(self):
        order = sold(quantity=3)
        give_back(order, 1, 3)
        assert statuses(order) == ["void", "valid", "void"]
        assert shelf(order) == (1, 49)
        assert upkeep.recount_stock() == []
        assert LogEntry.objects.filter(action="ticket.voided").count() == 2

    def test_unless_it_shall_not(self):
        order = sold(quantity=2)
        give_back(order, 1, restock=False)
        assert shelf(order) == (2, 48)

    def test_a_unit_ends_once(self):
        order = sold(quantity=2)
        give_back(order, 1)
        for positions in ((1,), (3,), (2, 2)):
            with pytest.raises(UnitsGone):
                give_back(order, *positions)
        assert order.refunds.count() == 1

    def test_units_can_end_without_money_and_be_paid_back_later(self):
        order = sold(quantity=2)
        line = order.lines.get()
        cancel_units(
            order_id=order.pk, what=[RefundWish(line.pk, [1])], asked_by=STAFF, actor_id=1, reason="they asked"
        )
        work()
        assert statuses(order) == ["void", "valid"]
        assert not Refund.objects.exists()
        assert "was cancelled" in " ".join(letters())
        give_back(order, amount=116_000)
        order.refresh_from_db()
        assert (order.refunded_minor, statuses(order)) == (116_000, ["void", "valid"])

    def test_what_was_not_delivered_yet_never_comes_alive(self):
        order = make_order(offer=on_sale(make_shop()).offer, quantity=2)
        pay(order)
        give_back(order, 1)
        work()
        order.refresh_from_db()
        assert (order.status, statuses(order)) == ("fulfilled", ["void", "valid"])

    def test_an_order_that_ended_whole_before_delivery_is_announced_to_nobody(self):
        order = make_order(offer=on_sale(make_shop()).offer)
        pay(order)
        give_back(order, 1)
        work()
        assert statuses(order) == ["void"]
        assert [subject for subject in letters() if "is ready" in subject] == []

    def test_a_held_order_is_refunded_like_any_other(self, settings):
        settings.RISK_HOLD_SCORE = 1
        order = make_order(offer=on_sale(make_shop()).offer)
        from marketplace.commerce.models import OrderHold

        pay(order)
        OrderHold.objects.get_or_create(order=order, defaults={"score": 80})
        decide_hold(order_id=order.pk, release=False, note="", actor_id=1)
        work()
        refund_order(order_id=order.pk, what=everything_left(order), asked_by=STAFF, actor_id=1, reason="doubtful")
        work()
        assert not Ticket.objects.exists()
        assert Refund.objects.get().amount_minor == order.total_minor

    def test_the_mail_counts_what_went_back_and_not_what_was_bought(self):
        order = sold(quantity=3)
        give_back(order, 1)
        assert [row["what"][:4] for row in rows_of(order.refunds.get())] == ["1 x "]


class TestMoney:
    def test_more_than_is_left_is_refused_and_changes_nothing(self):
        order = sold(provider="stripe")
        give_back(order, amount=100_000)
        with pytest.raises(NothingLeft) as refusal:
            give_back(order, amount=16_001)
        assert refusal.value.details == {"left_minor": 16_000}
        order.refresh_from_db()
        assert order.refunded_minor == 100_000

    def test_the_same_click_twice_gives_back_once(self):
        order = sold(provider="stripe")
        give_back(order, amount=1_000, expected=0)
        with pytest.raises(RefundChanged):
            give_back(order, amount=1_000, expected=0)
        assert Refund.objects.count() == 1

    def test_a_batch_gives_an_order_back_once(self):
        order = sold()
        assert give_back(order, 1, batch="night-7") == give_back(order, 1, batch="night-7")
        assert Refund.objects.count() == 1

    def test_an_unpaid_order_has_nothing_to_give_back(self):
        order = make_order(offer=on_sale(make_shop()).offer)
        with pytest.raises(NotPaid):
            give_back(order, 1)

    def test_free_tickets_are_cancelled_and_not_refunded(self):
        order = sold(ticket=on_sale(make_shop(), price=0))
        give_back(order, 1)
        assert (statuses(order), order.refunds.get().status) == (["void"], "done")
        assert not Refund.objects.exists()

    def test_each_seller_bears_what_was_theirs(self):
        sellers = [make_seller(fee_basis_points=points) for points in (500, 1000)]
        offers = [make_ticket(make_date(make_event(seller=seller))) for seller in sellers]
        order = make_order_of(*offers)
        refund_order(order_id=order.pk, what=everything_left(order), asked_by=STAFF, actor_id=1, reason="called off")
        assert [owed(seller) for seller in sellers] == [{}, {}]
        assert booked(f"order:{order.code}:refund:1")["4900"] == 15_000


class TestTheMoneysOwnNews:
    def test_it_arrives(self):
        order = sold()
        refund = give_back(order, 1)
        assert refund.status == "sending"
        assert any("Your refund of" in subject for subject in letters())
        provider_says(refund, "succeeded", receipt="REV1")
        assert refund.status == "done"
        assert any("is back with you" in subject for subject in letters())
        provider_says(refund, "succeeded")
        assert letters() == [], "told once"

    def test_it_fails_stays_owed_and_is_tried_again(self):
        order = sold(provider="stripe")
        refund = give_back(order, 1)
        provider_says(refund, "failed", code="expired_or_canceled_card", undoes=True)
        assert refund.status == "failed"
        assert booked(f"order:{order.code}:refund:1")["2410"] == -116_000, "still owed"
        retry_refund(refund_id=refund.payment_refund_id, actor_id=1)
        from marketplace.commerce.handlers import refund_sent

        refund_sent(refund_id=str(refund.payment_refund_id))
        refund.refresh_from_db()
        assert refund.status == "sending"
        provider_says(refund, "succeeded")
        assert refund.status == "done"

    def test_a_refund_that_had_arrived_can_come_back(self):
        order = sold(provider="stripe")
        refund = give_back(order, 1)
        provider_says(refund, "succeeded")
        provider_says(refund, "failed", code="lost_or_stolen_card", undoes=True)
        assert refund.status == "failed"


class TestMadeAtTheProvider:
    def made(self, order: Order, amount: int) -> None:
        refund_outside(order.paid_by, amount)
        order.refresh_from_db()

    def test_all_of_it_ends_everything(self):
        order = sold(quantity=2, provider="stripe")
        self.made(order, order.total_minor)
        assert statuses(order) == ["void", "void"]
        refund = order.refunds.get()
        assert (refund.asked_by, refund.status, refund.amount_minor) == ("provider", "done", 232_000)
        made = refund_made(refund)
        assert booked(f"refund:{made.pk}:settled:1") == {"2410": 232_000, "1010": -232_000}
        assert shelf(order) == (0, 50)

    def test_a_part_is_booked_and_a_person_says_what_ends(self):
        order = sold(quantity=2, provider="stripe")
        self.made(order, 100_000)
        assert statuses(order) == ["valid", "valid"]
        assert order.refunded_minor == 100_000
        assert Alert.objects.get(code="refund_outside").closed_at is None


class TestWho:
    def test_a_seller_gives_back_only_what_is_their_own(self):
        order = sold()
        line, somebody = order.lines.get(), make_user()
        wish = [RefundWish(line.pk, [1])]
        with pytest.raises(NotYours):
            refund_order(order_id=order.pk, what=wish, asked_by=SELLER, actor_id=somebody.pk, reason="mine")
        SellerMember.objects.create(seller=line.seller, user=somebody)
        refund = refund_order(order_id=order.pk, what=wish, asked_by=SELLER, actor_id=somebody.pk, reason="mine")
        assert refund.status == "sending"

    def test_what_a_seller_gives_back_never_becomes_our_money(self):
        """Asked under the locks: two at once, each covered alone, are not both covered."""
        order = sold(quantity=2)
        line = order.lines.get()
        pending, gone = of_seller(Code.SELLER_PENDING, line.seller_id), AccountKey(Code.OPENING)
        half = line.seller_share_minor // 2
        post(key="gone", kind="opening", currency="KES", lines={pending: half, gone: -half})
        give_back(order, 1, no_debt=True)
        with pytest.raises(BalanceTooSmall):
            give_back(order, 2, no_debt=True)
        assert statuses(order) == ["void", "valid"]
        post(key="back", kind="opening", currency="KES", lines={pending: -half, gone: half})


class TestThePromise:
    def order(self, rule: str, **fields) -> Order:
        return sold(ticket=on_sale(make_shop(), refund_rule=rule, **fields), quantity=2)

    def ask(self, order: Order, *positions: int) -> OrderRefund:
        refund = ask_refund(order_id=order.pk, chosen={order.lines.get().pk: list(positions)}, reason="cannot come")
        work()
        return refund

    def test_within_it_the_buyer_is_paid_back_at_once(self):
        order = self.order("before", refund_days=7, refund_percent=50)
        refund = self.ask(order, 2)
        assert (refund.status, refund.amount_minor) == ("sending", 58_000)
        assert statuses(order) == ["valid", "void"]

    @pytest.mark.parametrize("rule", ["before", "ask"])
    def test_a_unit_is_named_once(self, rule: str):
        """Twice would be its price twice."""
        order = self.order(rule, refund_days=7, refund_percent=50)
        with pytest.raises(RefundNotPossible):
            self.ask(order, 2, 2)
        assert not order.refunds.exists()

    def test_no_buyer_gets_more_for_units_than_they_cost(self):
        order = self.order("before", refund_days=7, refund_percent=50)
        line = order.lines.get()
        for wish in (RefundWish(line.pk, [1], 116_001), RefundWish(line.pk, [], 1)):
            with pytest.raises(RefundNotPossible):
                refund_order(order_id=order.pk, what=[wish], asked_by="buyer", actor_id=None, reason="more")
        assert statuses(order) == ["valid", "valid"]

    def test_a_request_for_what_was_given_back_meanwhile_waits_for_nobody(self):
        order = self.order("ask")
        request = self.ask(order, 1)
        give_back(order, 2)
        request.refresh_from_db()
        assert request.status == "asked", "the other ticket is another matter"
        give_back(order, 1)
        request.refresh_from_db()
        assert request.status == "overtaken"
        with pytest.raises(RefundDecided):
            decide_refund(refund_id=request.pk, accept=True, actor_id=1)

    def test_on_request_the_seller_is_asked(self):
        order = self.order("ask")
        refund = self.ask(order, 1)
        assert (refund.status, statuses(order)) == ("asked", ["valid", "valid"])
        assert any("asks for KES 1,160 back" in subject for subject in letters())
        decide_refund(refund_id=refund.pk, accept=True, actor_id=1)
        work()
        assert statuses(order) == ["void", "valid"]
        with pytest.raises(RefundDecided):
            decide_refund(refund_id=refund.pk, accept=False, actor_id=2, answer="no")
        assert any("Your refund of" in subject for subject in letters())

    def test_a_refusal_says_why(self):
        refund = self.ask(self.order("ask"), 1)
        decide_refund(refund_id=refund.pk, accept=False, actor_id=1, answer="Doors open tomorrow.")
        work()
        letters()
        assert any("Doors open tomorrow." in letter.body for letter in mail.outbox)

    def test_what_was_used_is_not_paid_back_by_itself(self):
        order = self.order("before", refund_days=7)
        Ticket.objects.filter(order_line__order=order, position=1).update(status="used")
        (one,) = askable(order)
        assert one.positions == [2]

    def test_never_means_never(self):
        order = self.order("never")
        assert askable(order) == []

    def test_nothing_is_offered_for_what_has_ended(self):
        order = self.order("before", refund_days=7)
        void_tickets(line=order.lines.get(), actor_id=1, reason="gone")
        assert askable(order) == []

    def test_days_are_counted_on_the_clock_of_the_place(self):
        """Clocks in New York went back an hour on 1 November 2026: three days before 19:00 is 19:00 all the same."""
        order = sold()
        line = order.lines.get()
        evening = dt.datetime(2026, 11, 3, 19, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
        line.service_date, line.service_zone = evening, "America/New_York"
        line.refund_rule, line.refund_days, line.refund_percent = "before", 3, 100
        last = dt.datetime(2026, 10, 31, 23, tzinfo=dt.UTC)
        assert may_refund(line, last).percent == 100
        assert may_refund(line, last).until == last
        late = may_refund(line, last + dt.timedelta(seconds=1))
        assert (late.percent, late.ask) == (0, False)

    def test_days_after_the_purchase(self):
        line = sold().lines.get()
        line.refund_rule, line.refund_days = "after", 14
        paid = line.order.paid_at
        assert may_refund(line, paid + dt.timedelta(days=14)).percent == 100
        assert may_refund(line, paid + dt.timedelta(days=14, seconds=1)).percent == 0
