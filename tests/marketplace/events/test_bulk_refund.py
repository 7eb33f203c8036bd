"""Everybody who bought a date gets an answer: once, with one mail, and nothing else is touched."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from marketplace.commerce import tasks
from marketplace.commerce.bulk.preview import bulk_preview
from marketplace.commerce.bulk.progress import bulk_progress
from marketplace.commerce.cart_view import cart_view, fingerprint
from marketplace.commerce.errors import BulkUnderWay, WindowInvalid
from marketplace.commerce.models import BulkRefund, BulkRefundOrder, Order, OrderRefund
from marketplace.commerce.services import (
    Buyer,
    Decision,
    ask_refund,
    askable,
    pause_bulk_refund,
    place_order,
    resume_bulk_refund,
    retry_bulk_refund,
    run_bulk_refund,
    running_bulk_refunds,
)
from marketplace.core import clock
from marketplace.events.models import Occurrence, TicketType
from marketplace.events.plan import DatePlan
from marketplace.events.services import cancel_date, change_date, postpone_date
from marketplace.events.services.called_off import offers_of
from marketplace.events.services.refund_date import refund_date
from marketplace.ledger.accounts import AccountKey, Code, of_seller
from marketplace.ledger.models import Entry
from marketplace.ledger.selectors import balance, trial_balance
from marketplace.ledger.services import post
from marketplace.ledger.services import reverse as reverse_entry
from marketplace.notifications.services import send_waiting
from marketplace.payments.models import PaymentClient, Refund
from marketplace.payouts.models import Earning
from marketplace.payouts.services import release_due
from marketplace.sellers.models import SellerMember
from marketplace.ticketing.models import Ticket
from tests.factories.commerce import make_cart, make_order
from tests.factories.events import in_days, make_date, make_event, make_ticket
from tests.factories.users import PASSWORD, make_user
from tests.marketplace.commerce.money import books_hold, dispute, give_back, make_shop, pay, provider_says, sold, work

pytestmark = pytest.mark.django_db
By, Act = OrderRefund.By, BulkRefund.Act
Status, Row = BulkRefund.Status, BulkRefundOrder.Status


@pytest.fixture(autouse=True)
def _everything_agrees():
    yield
    books_hold()


def enter(user: Any, *, proven: bool = True) -> Client:
    """Logged in, and just asked for the password."""
    client = Client()
    client.force_login(user)
    if proven:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def paid_out(seller: Any) -> Entry:
    """Everything that was available has left."""
    owner = of_seller(Code.SELLER_AVAILABLE, seller.pk)
    lies = -balance(code=Code.SELLER_AVAILABLE, owner=owner.owner, currency="KES")
    under_way = AccountKey(Code.PAYOUT_IN_TRANSIT)
    return post(key="test:paid-out", kind="payout", currency="KES", lines={owner: lies, under_way: -lies})


@pytest.fixture
def ticket() -> TicketType:
    return make_ticket(make_date(make_event("Jazz Night", seller=make_shop())), price=100_000)


def refund(date: Occurrence, *, number: int = 1, run: bool = True, **decision: Any) -> BulkRefund:
    bulk = refund_date(
        occurrence_id=date.pk, number=number, decision=Decision(**decision), asked_by=By.STAFF, actor_id=1
    )
    if run:
        run_bulk_refund(bulk_id=bulk.pk)
        work()
    bulk.refresh_from_db()
    return bulk


def cancelled(ticket: TicketType, **decision: Any) -> BulkRefund:
    cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
    return refund(ticket.occurrence, **decision)


def several(*tickets: TicketType) -> Order:
    """One order of several things."""
    cart = make_cart(*(ticket.offer for ticket in tickets))
    seen = fingerprint(cart_view(cart.token).quote)
    order = place_order(token=cart.token, seen=seen, buyer=Buyer(email="juma@example.com"), terms="")
    pay(order)
    work()
    return order


def letters() -> list[Any]:
    mail.outbox.clear()
    send_waiting()
    return list(mail.outbox)


def valid(order: Order) -> list[str]:
    rows = Ticket.objects.filter(order_line__order=order).order_by("order_line", "position")
    return list(rows.values_list("status", flat=True))


def rows(bulk: BulkRefund) -> list[str]:
    return list(bulk.orders.order_by("pk").values_list("status", flat=True))


class TestEverybody:
    def test_what_the_preview_says_is_what_happens(self, ticket):
        free = make_ticket(ticket.occurrence, "Guest", price=0)
        orders = [
            sold(ticket=ticket, quantity=n, provider=way) for n, way in ((1, "mpesa"), (3, "stripe"), (2, "mpesa"))
        ]
        give_back(orders[1], 2)
        give_back(orders[2], 1, 2)
        give_back(orders[0], amount=50_000)
        sold(ticket=free, quantity=2)
        asked = sold(ticket=ticket, provider="stripe")
        dispute(asked.paid_by)
        shown = bulk_preview(offers_of(ticket.occurrence))
        taxes = {code: trial_balance("KES").get(code, 0) for code in (Code.TAX_PAYABLE, Code.COMMISSION_TAX)}
        before = set(OrderRefund.objects.values_list("pk", flat=True))

        bulk = cancelled(ticket)
        made = OrderRefund.objects.exclude(pk__in=before)
        lines = [line for one in made for line in one.lines.all()]
        (total,) = shown.totals
        assert (shown.orders, len(shown.good), shown.nothing) == (4, 3, 0)
        assert [plan.code for plan in shown.bad] == ["payment_disputed"]
        assert total.amount.minor == sum(one.amount_minor for one in made) == 66_000 + 232_000
        assert total.share.minor == sum(line.share_minor for line in lines)
        assert total.fee.minor == sum(line.fee_minor + line.commission_tax_minor for line in lines)
        assert total.tax.minor == sum(line.tax_minor for line in lines)
        assert trial_balance("KES")[Code.TAX_PAYABLE] - taxes[Code.TAX_PAYABLE] == total.tax.minor
        assert shown.tickets == sum(len(line.positions) for line in lines) == 1 + 2 + 2
        assert (bulk.status, sorted(rows(bulk))) == (Status.DONE, [Row.DONE, Row.DONE, Row.DONE, Row.FAILED])
        assert [one.code for one in bulk_progress(bulk).failures] == ["payment_disputed"]
        assert valid(asked) == ["suspended"]

    def test_each_buyer_gets_one_mail_with_the_message(self, ticket):
        sold(ticket=ticket, quantity=2)
        sold(ticket=make_ticket(ticket.occurrence, "Guest", price=0))
        letters()
        bulk = cancelled(ticket, message="The band is <ill>.\n\nWe are sorry.")
        for one in OrderRefund.objects.filter(payment_refund__isnull=False):
            provider_says(one, "succeeded")
        sent = letters()
        assert [letter.subject for letter in sent] == ["Cancelled: Jazz Night"] * 2
        of_paid, of_free = sorted(sent, key=lambda letter: "KES" not in letter.body)
        assert "You get KES 2,320 back" in of_paid.body.replace("\xa0", " ")
        assert "2 tickets are not valid" in of_paid.body
        assert "The band is <ill>." in of_paid.body
        assert "&lt;ill&gt;" in of_paid.alternatives[0][0]
        assert "Your ticket is not valid" in of_free.body
        assert "KES" not in of_free.body
        assert bulk_progress(bulk).arrived == 2

    def test_other_dates_of_the_same_order_stay(self, ticket):
        other = make_ticket(make_date(ticket.occurrence.event, days=60), price=50_000)
        order = several(ticket, other)
        cancelled(ticket)
        order.refresh_from_db()
        assert valid(order) == ["void", "valid"]
        assert order.refunded_minor == 116_000
        assert order.lines.get(offer=other.offer).refunded_minor == 0

    def test_whoever_pays_late_is_refunded_as_well(self, ticket):
        sold(ticket=ticket)
        late = make_order(offer=ticket.offer)
        bulk = cancelled(ticket)
        assert rows(bulk) == [Row.DONE]
        pay(late)
        work()
        bulk.refresh_from_db()
        assert bulk.status == Status.RUNNING
        run_bulk_refund(bulk_id=bulk.pk)
        work()
        late.refresh_from_db()
        assert (late.refunded_minor, valid(late)) == (116_000, ["void"])
        assert BulkRefund.objects.count() == 1

    def test_whoever_pays_for_a_cancelled_date_nobody_had_bought_is_not_forgotten(self, ticket):
        late = make_order(offer=ticket.offer)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        assert not BulkRefund.objects.exists()
        pay(late)
        work()
        assert BulkRefund.objects.get().status == Status.DRAFT
        assert Earning.objects.get().held_reason


class TestMoney:
    def test_of_a_cancelled_date_nothing_is_released(self, ticket):
        order = sold(ticket=ticket)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        Earning.objects.update(release_at=clock.now() - dt.timedelta(days=1))
        release_due()
        earning = Earning.objects.get(reference=order.code)
        assert (earning.status, earning.held_reason) == ("pending", "This date was cancelled.")

    def test_of_a_postponed_one_it_follows_the_new_date(self, ticket):
        sold(ticket=ticket)
        postpone_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        assert Earning.objects.get().held_reason
        start = in_days(90)
        change_date(occurrence_id=ticket.occurrence_id, plan=DatePlan(start, start + dt.timedelta(hours=2)), actor_id=1)
        earning = Earning.objects.get()
        assert (earning.held_reason, earning.service_date) == ("", start)
        assert earning.release_at > start


class TestPostponed:
    def test_tickets_stay_valid_and_buyers_may_ask_for_a_while(self, ticket):
        ticket.offer.__class__.objects.filter(pk=ticket.offer_id).update(refund_rule="never")
        order = sold(ticket=ticket)
        line = order.lines.get()
        assert (askable(order), valid(order)) == ([], ["valid"])
        letters()
        postpone_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        until = clock.now() + dt.timedelta(days=7)
        bulk = refund(ticket.occurrence, act=Act.KEEP, until=until)
        assert (bulk.status, rows(bulk), valid(order)) == (Status.DONE, [Row.DONE], ["valid"])
        (letter,) = letters()
        assert letter.subject == "Postponed: Jazz Night"
        assert "stays valid" in letter.body
        assert [(one.right.percent, one.right.until) for one in askable(order)] == [(100, until)]
        asked = ask_refund(order_id=order.pk, chosen={line.pk: [1]}, reason="")
        assert asked.amount_minor == 116_000

    def test_after_that_while_the_promise_counts_again(self, ticket):
        ticket.offer.__class__.objects.filter(pk=ticket.offer_id).update(refund_rule="never")
        order = sold(ticket=ticket)
        postpone_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        bulk = refund(ticket.occurrence, act=Act.KEEP, until=clock.now() + dt.timedelta(days=7))
        BulkRefund.objects.filter(pk=bulk.pk).update(until=clock.now() - dt.timedelta(seconds=1))
        assert askable(order) == []

    def test_refunding_everybody_of_a_moved_date_leaves_those_who_knew(self, ticket):
        old = sold(ticket=ticket)
        start = in_days(90)
        change_date(occurrence_id=ticket.occurrence_id, plan=DatePlan(start, start + dt.timedelta(hours=2)), actor_id=1)
        new = sold(ticket=TicketType.objects.get(pk=ticket.pk), email="new@example.com")
        ticket.occurrence.refresh_from_db()
        bulk = refund(ticket.occurrence, act=Act.REFUND)
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.refunded_minor, new.refunded_minor, rows(bulk)) == (116_000, 0, [Row.DONE])

    def test_keeping_needs_a_moment_to_come_and_a_date_that_takes_place(self, ticket):
        sold(ticket=ticket)
        postpone_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        with pytest.raises(WindowInvalid):
            refund(ticket.occurrence, act=Act.KEEP, until=clock.now())
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        ticket.occurrence.refresh_from_db()
        with pytest.raises(WindowInvalid):
            refund(ticket.occurrence, act=Act.KEEP, until=clock.now() + dt.timedelta(days=1))


class TestRunning:
    def test_a_second_click_starts_nothing(self, ticket):
        sold(ticket=ticket)
        first = cancelled(ticket)
        again = refund(ticket.occurrence)
        assert (again.pk, BulkRefund.objects.count(), OrderRefund.objects.count()) == (first.pk, 1, 1)

    def test_one_after_the_other(self, ticket):
        sold(ticket=ticket)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        refund(ticket.occurrence, run=False)
        with pytest.raises(BulkUnderWay):
            refund(ticket.occurrence, number=2, run=False)

    def test_paused_it_stops_and_then_goes_on(self, ticket):
        sold(ticket=ticket)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        bulk = refund(ticket.occurrence, run=False)
        pause_bulk_refund(bulk_id=bulk.pk, actor_id=1)
        assert running_bulk_refunds() == []
        assert run_bulk_refund(bulk_id=bulk.pk) is False
        assert rows(bulk) == [Row.PENDING]
        resume_bulk_refund(bulk_id=bulk.pk, actor_id=1)
        run_bulk_refund(bulk_id=bulk.pk)
        assert rows(bulk) == [Row.DONE]

    def test_in_small_steps(self, ticket):
        for _ in range(3):
            sold(ticket=ticket)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        bulk = refund(ticket.occurrence, run=False)
        assert run_bulk_refund(bulk_id=bulk.pk, limit=2) is True
        assert rows(bulk) == [Row.DONE, Row.DONE, Row.PENDING]
        assert run_bulk_refund(bulk_id=bulk.pk, limit=2) is False
        assert rows(bulk) == [Row.DONE] * 3

    def test_what_was_cut_off_is_found_again(self, ticket):
        sold(ticket=ticket)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        bulk = refund(ticket.occurrence, run=False)
        tasks.run_bulk_refunds()
        bulk.refresh_from_db()
        assert (bulk.status, rows(bulk)) == (Status.DONE, [Row.DONE])

    def test_what_was_refused_is_tried_again_once_its_cause_is_gone(self, ticket):
        order = sold(ticket=ticket, quantity=2)
        give_back(order, 1)
        PaymentClient.objects.filter(payment=order.paid_by).update(phone="")
        bulk = cancelled(ticket)
        assert [one.code for one in bulk_progress(bulk).failures] == ["payer_unknown"]
        assert valid(order) == ["void", "valid"]
        PaymentClient.objects.update_or_create(payment=order.paid_by, defaults={"phone": "+254712345678"})
        assert retry_bulk_refund(bulk_id=bulk.pk, asked_by=By.STAFF, actor_id=1) == 1
        run_bulk_refund(bulk_id=bulk.pk)
        order.refresh_from_db()
        assert (rows(bulk), order.refunded_minor) == ([Row.DONE], 232_000)

    def test_money_the_provider_refused_is_sent_again(self, ticket):
        sold(ticket=ticket)
        bulk = cancelled(ticket)
        one = provider_says(OrderRefund.objects.get(), "failed", code="insufficient")
        found = bulk_progress(bulk)
        assert (found.stuck, found.wrong, len(found.failures)) == (1, 1, 1)
        assert retry_bulk_refund(bulk_id=bulk.pk, asked_by=By.STAFF, actor_id=1, money=False) == 0
        assert retry_bulk_refund(bulk_id=bulk.pk, asked_by=By.STAFF, actor_id=1) == 1
        assert Refund.objects.get().status == "created"
        provider_says(one, "succeeded")
        assert bulk_progress(bulk).wrong == 0


def refused(answer: Any) -> bool:
    """As Wagtail does it: back to the front of the admin with a word, or 403."""
    return answer.status_code in (403, 404) or answer.headers.get("Location") == reverse("wagtailadmin_home")


class TestPages:
    @pytest.fixture
    def client(self, ticket) -> Client:
        """Of the seller, who has just proven who they are."""
        user = make_user(role="Sellers")
        SellerMember.objects.create(seller=ticket.offer.seller, user=user)
        return enter(user)

    def test_the_seller_sees_the_sums_types_the_number_and_it_runs(self, ticket, client):
        sold(ticket=ticket, quantity=2)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        address = reverse("event_rows:refund_date", args=[ticket.occurrence_id])
        page = client.get(address).content.decode().replace("\xa0", " ")
        assert "KES 2,320" in page
        assert client.post(address, {"number": "1", "typed": "7"}).status_code == 422
        assert not BulkRefund.objects.exclude(status="draft").exists()
        answers = [client.post(address, {"number": "1", "typed": "jazz night"}) for _ in range(2)]
        bulk = BulkRefund.objects.get()
        assert {answer.headers["Location"] for answer in answers} == {reverse("event_rows:bulk_refund", args=[bulk.pk])}
        shown = client.get(answers[0].headers["Location"])
        assert shown.headers["Refresh"]
        run_bulk_refund(bulk_id=bulk.pk)
        assert rows(bulk) == [Row.DONE]
        shown = client.get(answers[0].headers["Location"])
        assert "Refresh" not in shown.headers
        assert re.search(r"Done</strong>: 100 % of 1 order", shown.content.decode())

    def test_of_a_date_that_takes_place_nothing_else_is_said(self, ticket, client):
        page = client.get(reverse("event_rows:refund_date", args=[ticket.occurrence_id])).content.decode()
        assert "It takes place as planned" in page
        assert "Postponed, with" not in page

    def test_free_tickets_end_and_that_nothing_goes_back_is_said(self, ticket, client):
        free = make_ticket(make_date(ticket.occurrence.event), "Guest", price=0)
        sold(ticket=free, quantity=2)
        cancel_date(occurrence_id=free.occurrence_id, actor_id=1)
        page = client.get(reverse("event_rows:refund_date", args=[free.occurrence_id])).content.decode()
        assert "nothing: it was free" in page

    def test_what_was_refunded_counts_as_sold_no_more_and_stays_undeletable(self, ticket, client):
        sold(ticket=ticket, quantity=2)
        rows_of = reverse("event_rows:rows", args=[ticket.occurrence.event_id])
        cancel = reverse("event_rows:cancel_date", args=[ticket.occurrence_id])
        assert "2 sold, 0 held" in client.get(rows_of).content.decode()
        assert "2 tickets are sold. For good" in client.get(cancel).content.decode()
        cancelled(ticket)
        shown = client.get(rows_of).content.decode()
        assert "0 sold, 0 held" in shown
        assert reverse("event_rows:delete_date", args=[ticket.occurrence_id]) not in shown
        assert reverse("event_rows:delete_ticket", args=[ticket.pk]) not in shown
        assert "No ticket is sold." in client.get(cancel).content.decode()

    def test_a_seller_whose_balance_does_not_bear_it_asks_the_marketplace(self, ticket, client):
        order = sold(ticket=ticket)
        Earning.objects.filter(reference=order.code).update(release_at=clock.now() - dt.timedelta(minutes=1))
        release_due()
        left = paid_out(ticket.offer.seller)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        address = reverse("event_rows:refund_date", args=[ticket.occurrence_id])
        assert "Sellers will owe us" in client.get(address).content.decode()
        answer = client.post(address, {"number": "1", "typed": "1"})
        assert answer.status_code == 422
        assert "does not cover" in answer.content.decode()
        assert not OrderRefund.objects.exists()
        reverse_entry(entry=left, key="test:paid-out:undone")

    def test_nobody_else_may(self, ticket):
        sold(ticket=ticket)
        bulk = cancelled(ticket)
        stranger = make_user(role="Sellers")
        SellerMember.objects.create(seller=make_date().event.seller, user=stranger)
        for user in (stranger, make_user(role="Editors"), make_user(role="Support")):
            client = enter(user)
            for name, pk in (("refund_date", ticket.occurrence_id), ("bulk_refund", bulk.pk),
                             ("work_on_bulk_refund", bulk.pk)):  # fmt: skip
                url = reverse(f"event_rows:{name}", args=[pk])
                for answer in (client.get(url), client.post(url, {"do": "retry", "typed": "1"})):
                    assert refused(answer), (url, answer.status_code)
        assert rows(bulk) == [Row.DONE]

    def test_finance_finds_drafts_on_its_desk(self, ticket):
        sold(ticket=ticket)
        cancel_date(occurrence_id=ticket.occurrence_id, actor_id=1)
        client = enter(make_user(role="Finance"))
        listed = client.get(reverse("bulk-refunds_modeladmin_index")).content.decode()
        assert "Jazz Night" in listed
        row = reverse("bulk-refunds_modeladmin_inspect", args=[BulkRefund.objects.get().pk])
        assert client.get(row).headers["Location"] == reverse("event_rows:refund_date", args=[ticket.occurrence_id])
        assert client.get(row, follow=True).status_code == 200
