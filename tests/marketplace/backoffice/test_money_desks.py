"""The desks of money: what may be done there, by whom, with what proof, at which cost."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from marketplace.audit.models import LogEntry
from marketplace.commerce.models import OrderHold, OrderRefund, OrderReview
from marketplace.commerce.services import ask_refund
from marketplace.core import clock, outbox
from marketplace.core.money import Money
from marketplace.ledger.accounts import of_seller
from marketplace.ledger.services import AccountKey, Code, post
from marketplace.notifications.models import Message
from marketplace.payments.models import Break, Dispute, PaybillReceipt, ReconciliationRun, Refund
from marketplace.payments.services import assess
from marketplace.sellers.services import join_shop
from tests.factories.desks import make_order, make_sale
from tests.factories.events import make_date, make_event, make_ticket
from tests.factories.payments import make_dispute, make_payment
from tests.factories.users import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_proved_themselves_too_often():
    cache.clear()


def as_role(role: str, *, fresh: bool = True) -> Client:
    client, user = Client(), make_user(role=role)
    client.force_login(user)
    if fresh:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def text(response) -> str:
    assert response.status_code == 200, response.headers.get("Location")
    return response.content.decode()


def proof_wanted(response) -> bool:
    return response.status_code == 302 and "/reauthenticate/" in response.headers["Location"]


def refused(response) -> bool:
    return response.status_code == 302 and response.headers["Location"] == "/admin/"


@pytest.fixture
def sale():
    """Three tickets of one seller at KES 1,500, paid by M-Pesa and delivered."""
    ticket = make_ticket(make_date(make_event("Jazz on the Roof")), "Balcony")
    order = make_sale(ticket.offer, quantity=3, name="Amina Odhiambo", email="amina@example.com")
    outbox.drain()
    order.refresh_from_db()
    return order


def failed_refund(payment=None, **fields) -> Refund:
    payment = payment or make_payment(status="succeeded", receipt="SKL1ABCDEF")
    usual = {"key": f"k{payment.pk}", "amount_minor": 50_000, "status": "failed", "failure_code": "21"}
    post(
        key=f"owed:{payment.pk}", kind="opening", currency="KES", reference=payment.reference,
        lines={AccountKey(Code.OPENING): 50_000, AccountKey(Code.REFUNDS_IN_TRANSIT): -50_000},
    )  # fmt: skip
    return Refund.objects.create(payment=payment, **{**usual, **fields})


# --- payments


def test_one_page_tells_the_whole_story_of_a_payment(sale):
    payment = sale.paid_by
    refund = Refund.objects.create(payment=payment, key="k", amount_minor=50_000, status="failed", failure_code="R21")
    dispute = make_dispute(payment, external_id="du_1")
    PaybillReceipt.objects.create(
        receipt=payment.receipt, amount_minor=450_000, shortcode="174379", reference_typed=sale.code,
        paid_at=clock.now(), payment=payment, status="matched",
    )  # fmt: skip
    case = Break.objects.create(
        provider="mpesa", item="payment", name=payment.receipt, kind="amount_differs", day=dt.date(2026, 11, 20),
        currency="KES", ours_minor=450_000, theirs_minor=440_000, payment=payment, seen_at=clock.now(),
    )  # fmt: skip
    page = text(as_role("Finance").get(f"/admin/payments/inspect/{payment.pk}/"))
    links = (f"/admin/refunds/inspect/{refund.pk}/", f"/admin/disputes/inspect/{dispute.pk}/",
             f"/admin/reconciliation/inspect/{case.pk}/", f"/admin/orders/inspect/{sale.pk}/",
             f"/admin/order-refund/{sale.pk}/")  # fmt: skip
    said = ("2110 Seller pending", payment.receipt, "du_1", "buyer@example.com")
    assert [one for one in (*links, *said) if one not in page] == []
    support = text(as_role("Support").get(f"/admin/payments/inspect/{payment.pk}/"))
    assert "Seller pending" not in support
    assert "/admin/reconciliation/" not in support


@pytest.mark.parametrize("term", ["{code}", "{receipt}", "buyer@EXAMPLE.com", "0712 345 678"])
def test_a_payment_is_found_by_what_a_buyer_can_tell(sale, term):
    make_payment(phone="+254700000001", reference="OTHER1")
    page = text(as_role("Support").get("/admin/payments/", {
        "q": term.format(code=sale.code, receipt=sale.paid_by.receipt)
    }))  # fmt: skip
    assert sale.code in page


# --- refunds


def test_failed_refunds_stand_on_top_and_say_why(sale):
    bad = failed_refund(failure_text="The account is closed")
    fine = Refund.objects.create(payment=sale.paid_by, key="fine", amount_minor=1_000, status="succeeded")
    page = text(as_role("Support").get("/admin/refunds/"))
    assert page.index(bad.payment.reference) < page.index(fine.payment.reference)
    assert "The account is closed" in page


def test_a_failed_refund_is_given_back_by_hand_with_evidence_and_a_fresh_proof():
    refund = failed_refund()
    url = f"/admin/refunds/by-hand/{refund.pk}/"
    assert proof_wanted(as_role("Finance", fresh=False).get(url))
    client = as_role("Finance")
    assert "never be sent again" in text(client.get(url))
    assert "This field is required" in text(client.post(url, {"evidence": ""}))
    client.post(url, {"evidence": "Cash, signed for by the buyer, voucher 12"})
    refund.refresh_from_db()
    assert (refund.status, refund.method, refund.evidence) == (
        "succeeded", "manual", "Cash, signed for by the buyer, voucher 12"
    )  # fmt: skip
    assert "voucher 12" in text(client.get(f"/admin/refunds/inspect/{refund.pk}/"))


def test_a_failed_refund_is_tried_again_another_way():
    refund = failed_refund()
    as_role("Finance").post(f"/admin/refunds/again/{refund.pk}/", {"method": "b2c"})
    refund.refresh_from_db()
    assert (refund.status, refund.method, refund.attempt) == ("created", "b2c", 2)


@pytest.mark.parametrize("step", ["again", "by-hand"])
def test_support_looks_at_refunds_and_sends_none(step):
    refund = failed_refund()
    client = as_role("Support")
    page = text(client.get(f"/admin/refunds/inspect/{refund.pk}/"))
    assert f"/admin/refunds/{step}/" not in page
    for ask in (client.get, client.post):
        assert refused(ask(f"/admin/refunds/{step}/{refund.pk}/"))
    refund.refresh_from_db()
    assert refund.status == "failed"


def test_what_has_changed_meanwhile_is_not_done():
    refund = failed_refund(status="succeeded")
    client = as_role("Finance")
    client.post(f"/admin/refunds/by-hand/{refund.pk}/", {"evidence": "late"})
    refund.refresh_from_db()
    assert refund.evidence == ""


# --- giving back an order


def choose(order, *positions: int, **typed) -> dict:
    line = order.lines.get()
    return {"reason": "Cannot come", f"unit-{line.pk}": list(positions), f"restock-{line.pk}": "on", **typed}


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def give_back(client: Client, url: str, typed: dict):
    """Look first, then confirm what was shown."""
    page = text(client.post(url, {**typed, "preview": "1"}))
    expected = page.split('name="expected" value="')[1].split('"')[0]
    return page, lambda: client.post(url, {**typed, "seen": seen_in(page), "expected": expected, "confirm": "1"})


def test_what_will_happen_is_shown_before_anything_does(sale):
    client, url = as_role("Finance"), f"/admin/order-refund/{sale.pk}/"
    assert proof_wanted(as_role("Finance", fresh=False).get(url))
    assert "Balcony" in text(client.get(url))
    page, confirm = give_back(client, url, choose(sale, 1, 2))
    line = sale.lines.get()
    two = Money(line.total_minor * 2 // 3, "KES")
    assert f"Give back {two}" in page
    assert "2 units end" in page
    assert "2110 Seller pending" in page
    sale.refresh_from_db()
    assert (sale.refunded_minor, Refund.objects.count()) == (0, 0)
    confirm()
    sale.refresh_from_db()
    assert sale.refunded_minor == two.minor
    assert [ticket.status for ticket in line.tickets.order_by("position")].count("valid") == 1
    assert Refund.objects.get().amount_minor == two.minor


def test_a_second_click_gives_nothing_back_twice(sale):
    client, url = as_role("Finance"), f"/admin/order-refund/{sale.pk}/"
    amount = {f"amount-{sale.lines.get().pk}": "100"}
    _page, confirm = give_back(client, url, choose(sale, **amount))
    confirm()
    confirm()
    assert [refund.amount_minor for refund in Refund.objects.all()] == [10_000]


def test_what_was_not_shown_is_not_confirmed(sale):
    client, url = as_role("Finance"), f"/admin/order-refund/{sale.pk}/"
    seen = seen_in(text(client.post(url, {**choose(sale, 1), "preview": "1"})))
    page = text(client.post(url, {**choose(sale, 1, 2, 3), "seen": seen, "confirm": "1"}))
    assert "What will happen" in page
    assert not Refund.objects.exists()


def test_units_are_ended_without_money(sale):
    client, url = as_role("Finance"), f"/admin/order-refund/{sale.pk}/"
    _page, confirm = give_back(client, url, choose(sale, 3, money="none"))
    confirm()
    assert not Refund.objects.exists()
    assert sale.lines.get().refunded_quantity == 1


@pytest.mark.parametrize("amount", ["0", "-5", "a lot", "999999999"])
def test_amounts_that_make_no_sense_are_refused_in_words(sale, amount):
    client, url = as_role("Finance"), f"/admin/order-refund/{sale.pk}/"
    page = text(client.post(url, choose(sale, **{f"amount-{sale.lines.get().pk}": amount})))
    assert "What will happen" not in page
    assert not Refund.objects.exists()


def test_nothing_is_given_back_without_saying_why(sale):
    page = text(as_role("Finance").post(f"/admin/order-refund/{sale.pk}/", {**choose(sale, 1), "reason": " "}))
    assert "Say why" in page


def test_support_asks_in_the_buyers_name_and_finance_decides(sale):
    client, url = as_role("Support"), f"/admin/order-refund/{sale.pk}/"
    typed = choose(sale, 1, **{f"amount-{sale.lines.get().pk}": "4500"})
    _page, confirm = give_back(client, url, typed)
    assert "inputmode" not in text(client.get(url)), "support types no amounts"
    confirm()
    asked = OrderRefund.objects.get()
    assert (asked.status, asked.amount_minor) == ("asked", sale.lines.get().total_minor // 3)
    assert refused(client.post(f"/admin/refund-decisions/accept/{asked.pk}/", {"answer": ""}))
    finance = as_role("Finance")
    assert sale.code in text(finance.get("/admin/refund-decisions/"))
    finance.post(f"/admin/refund-decisions/accept/{asked.pk}/", {"answer": ""})
    asked.refresh_from_db()
    assert (asked.status, Refund.objects.get().amount_minor) == ("sending", asked.amount_minor)


def test_a_request_is_refused_with_a_reason(sale):
    asked = ask_refund(order_id=sale.pk, chosen={sale.lines.get().pk: [1]}, reason="Please")
    client, url = as_role("Finance"), f"/admin/refund-decisions/refuse/{asked.pk}/"
    assert "This field is required" in text(client.post(url, {"answer": ""}))
    client.post(url, {"answer": "It was yesterday"})
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("refused", "It was yesterday")


def seller_of(order) -> Client:
    user, client = make_user(), Client()
    join_shop(seller=order.lines.get().seller, user=user, role="owner", actor_id=None)
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_a_seller_gives_back_own_sales_at_their_price(sale):
    client, line = seller_of(sale), sale.lines.get()
    url = f"/admin/sale-refund/{line.pk}/"
    assert url in text(client.get(f"/admin/sales/inspect/{line.pk}/"))
    page, confirm = give_back(client, url, choose(sale, 1, **{f"amount-{line.pk}": "4500"}))
    assert "2110" not in page
    confirm()
    refund = OrderRefund.objects.get()
    assert (refund.asked_by, refund.amount_minor) == ("seller", line.total_minor // 3)


def test_a_seller_answers_what_a_buyer_asks(sale):
    line = sale.lines.get()
    client, url = seller_of(sale), f"/admin/sale-request/{line.pk}/"
    ask_refund(order_id=sale.pk, chosen={line.pk: [1]}, reason="I am ill")
    outbox.drain()
    letter = Message.objects.get(subject__startswith="A buyer asks for")
    assert f"Answer the request: http://localhost:8000{url}" in letter.text
    assert url in text(client.get(f"/admin/sales/inspect/{line.pk}/"))
    assert "I am ill" in text(client.get(url))
    assert "Say why not" in text(client.post(url, {"refuse": "1", "answer": " "}))
    client.post(url, {"accept": "1", "answer": "Get well"})
    refund = OrderRefund.objects.get()
    assert (refund.status, refund.answer) == ("sending", "Get well")
    assert client.get(url).headers["Location"] == f"/admin/sales/inspect/{line.pk}/"


def test_a_request_about_several_sellers_is_the_marketplaces_to_answer():
    order = make_sale(make_ticket().offer, make_ticket(make_date(make_event("Elsewhere"))).offer)
    outbox.drain()
    lines = list(order.lines.all())
    assert len({line.seller_id for line in lines}) == 2
    user, client = make_user(), Client()
    join_shop(seller=lines[0].seller, user=user, role="owner", actor_id=None)
    ask_refund(order_id=order.pk, chosen={line.pk: [1] for line in lines}, reason="Both")
    outbox.drain()
    letter = Message.objects.get(subject__startswith="A buyer asks for")
    assert "so we answer it" in letter.text
    assert f"See the sale: http://localhost:8000/admin/sales/inspect/{lines[0].pk}/" in letter.text
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post(f"/admin/sale-request/{lines[0].pk}/", {"accept": "1"})
    assert refused(client.post(f"/admin/sale-request/{lines[1].pk}/", {"accept": "1"}))
    assert OrderRefund.objects.get().status == "asked"


def test_a_seller_gives_back_nothing_of_others(sale):
    other = make_sale(make_ticket().offer)
    client = seller_of(sale)
    for ask in (client.get, client.post):
        assert refused(ask(f"/admin/sale-refund/{other.lines.get().pk}/"))
        assert refused(ask(f"/admin/order-refund/{sale.pk}/"))


def test_a_seller_whose_balance_is_too_small_asks_the_marketplace(sale):
    line = sale.lines.get()
    pending, gone = of_seller(Code.SELLER_PENDING, line.seller_id), AccountKey(Code.OPENING)
    share = line.seller_share_minor
    post(key="gone", kind="opening", currency="KES", lines={pending: share, gone: -share})
    client = seller_of(sale)
    page = text(client.post(f"/admin/sale-refund/{line.pk}/", choose(sale, 1)))
    assert "does not cover this refund" in page
    assert not Refund.objects.exists()
    page, confirm = give_back(as_role("Finance"), f"/admin/order-refund/{sale.pk}/", choose(sale, 1))
    assert "The seller will owe us" in page
    confirm()
    assert Refund.objects.exists()


# --- disputes


def test_disputes_whose_evidence_is_due_first_stand_first():
    for number, (status, days) in enumerate([("won", None), ("needs_response", 9), ("needs_response", 2)]):
        due = clock.now() + dt.timedelta(days=days) if days else None
        make_dispute(make_payment(provider="stripe", reference=f"DISP{number}"), status=status, evidence_due_at=due)
    page = text(as_role("Finance").get("/admin/disputes/"))
    assert page.index("DISP2") < page.index("DISP1") < page.index("DISP0")


def test_an_empty_answer_is_not_sent_to_the_bank():
    dispute = make_dispute(make_payment(provider="stripe", status="succeeded"))
    page = text(as_role("Finance").post(f"/admin/disputes/evidence/{dispute.pk}/", {}))
    assert "Write at least one thing" in page
    assert Dispute.objects.get().evidence_sent_at is None


def test_the_answer_to_a_bank_begins_with_what_is_known_of_the_sale(sale):
    dispute = make_dispute(sale.paid_by, external_id="du_1")
    url, finance = f"/admin/disputes/evidence/{dispute.pk}/", as_role("Finance")
    client, line = sale.client, sale.lines.exclude(service_date=None).first()
    begins = f"{timezone.localtime(line.service_date):%-d %b %Y, %H:%M %Z}"
    page = text(finance.get(url))
    assert [one for one in (client.email, escape(str(line)), begins) if one not in page] == []
    Dispute.objects.update(evidence={"customer_email_address": "told@before.example"})
    page = text(finance.get(url))
    assert "told@before.example" in page
    assert client.email not in page


def test_support_answers_no_bank():
    dispute = make_dispute(make_payment(provider="stripe", status="succeeded"))
    assert refused(as_role("Support").post(f"/admin/disputes/evidence/{dispute.pk}/", {"uncategorized_text": "x"}))


# --- paybill, reviews and held orders


def receipt(**fields) -> PaybillReceipt:
    usual = {"receipt": "SKPAYBILL1", "amount_minor": 150_000, "shortcode": "174379", "reference_typed": "jaz",
             "paid_at": clock.now(), "status": "unallocated"}  # fmt: skip
    return PaybillReceipt.objects.create(**{**usual, **fields})


def test_nobodys_money_stands_on_top_with_its_two_ways_out():
    receipt(receipt="SKMATCHED1", status="matched")
    row = receipt()
    client = as_role("Finance")
    page = text(client.get("/admin/paybill/"))
    assert page.index("SKPAYBILL1") < page.index("SKMATCHED1")
    page = text(client.get(f"/admin/paybill/inspect/{row.pk}/"))
    assert f"/admin/paybill/assign/{row.pk}/" in page
    assert f"/admin/paybill/return/{row.pk}/" in page
    assert proof_wanted(as_role("Finance", fresh=False).get(f"/admin/paybill/assign/{row.pk}/"))
    for step in ("assign", "return"):
        assert refused(as_role("Support").get(f"/admin/paybill/{step}/{row.pk}/"))


def test_a_review_shows_what_was_paid_and_what_it_should_have_been(sale):
    second = make_payment(status="succeeded", amount=100_000, reference=sale.code, attempt=2, receipt="SKSECOND01")
    row = OrderReview.objects.create(order=sale, payment=second, reason="second_payment")
    client = as_role("Finance")
    assert sale.code in text(client.get("/admin/reviews/?open=1"))
    page = text(client.get(f"/admin/reviews/inspect/{row.pk}/"))
    assert str(second.amount) in page
    assert str(sale.total) in page
    assert "paid twice" in page
    assert refused(as_role("Support").get(f"/admin/reviews/return/{row.pk}/"))


@pytest.fixture
def held(settings):
    settings.RISK_RULES = {"phone_velocity": {"bound": 1, "weight": 50}}
    settings.RISK_HOLD_SCORE = 50
    order = make_sale(make_ticket().offer)
    outbox.drain()
    return order


def test_a_held_order_says_why_and_is_released(held):
    hold = OrderHold.objects.get()
    client = as_role("Finance")
    assert held.code in text(client.get("/admin/held-orders/"))
    page = text(client.get(f"/admin/held-orders/inspect/{hold.pk}/"))
    assert "1 attempt from this phone within an hour" in page
    assert f'<a class="button no" href="/admin/held-orders/refuse/{hold.pk}/">Refuse</a>' in page, "danger looks it"
    assert "1 attempt from this phone within an hour" in text(client.get(f"/admin/payments/inspect/{held.paid_by_id}/"))
    client.post(f"/admin/held-orders/release/{hold.pk}/", {"note": "Called, it is them"})
    outbox.drain()
    held.refresh_from_db()
    assert held.status == "fulfilled"
    assert LogEntry.objects.filter(action="order.hold_released").exists()


def test_support_sees_held_orders_and_releases_none(held):
    hold = OrderHold.objects.get()
    client = as_role("Support")
    assert held.code in text(client.get("/admin/held-orders/"))
    assert refused(client.post(f"/admin/held-orders/release/{hold.pk}/", {"note": "please"}))
    hold.refresh_from_db()
    assert hold.outcome == "waiting"


# --- lists


@pytest.mark.parametrize(("desk", "words"), [
    ("disputes", "No bank has questioned a payment"), ("paybill", "finds its order by itself"),
    ("reviews", "another amount waits here"), ("held-orders", "Nothing is held"),
])  # fmt: skip
def test_an_empty_list_says_what_brings_something_here(desk, words):
    assert words in text(as_role("Finance").get(f"/admin/{desk}/"))


def test_figures_stand_to_the_right_and_cells_say_on_phones_what_they_are(sale):
    page = text(as_role("Finance").get("/admin/payments/"))
    assert re.search(r'<td (?=[^>]*class="field-sum[^"]* desk__number")[^>]*data-label="Amount"', page)
    assert "M-Pesa" in page


# --- reconciliation

STATEMENT = (
    "Short Code:,174379\n\nReceipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
    "SKL1ABCDEF,20-11-2026 15:00:00,Pay Bill Acc. 7GQ2,Completed,1500.00,,9000\n"
)


def upload(client: Client, content: str = STATEMENT):
    return client.post("/admin/reconcile-now/", {
        "statement": SimpleUploadedFile("s.csv", content.encode(), "text/csv"), "upload": "1"
    }, follow=True)  # fmt: skip


def test_an_uploaded_statement_opens_cases_that_are_worked_on():
    client = as_role("Finance")
    page = text(upload(client))
    case = Break.objects.get()
    assert "1 open case" in page
    assert case.name in page
    base = "/admin/reconciliation"
    assert "20 Nov 2026" in text(client.get(f"{base}/"))
    assert "Nov. 20" not in text(client.get(f"{base}/inspect/{case.pk}/"))
    client.post(f"{base}/mine/{case.pk}/")
    case.refresh_from_db()
    assert case.assigned_to == int(client.session["_auth_user_id"])
    client.post(f"{base}/explain/{case.pk}/", {"note": "The owner's own test."})
    case.refresh_from_db()
    assert (case.resolved_at is not None, case.note) == (True, "The owner's own test.")
    assert "explained" in text(client.get(f"{base}/?open=0"))


def test_what_is_no_statement_is_refused_in_words():
    assert "not a statement we can read" in text(upload(as_role("Finance"), "nonsense"))
    assert not ReconciliationRun.objects.exists()


def test_a_day_is_compared_by_hand():
    client = as_role("Finance")
    client.post("/admin/reconcile-now/", {"provider": "mpesa", "day": "2026-11-20"})
    run = ReconciliationRun.objects.get()
    assert (run.provider, run.day, run.status) == ("mpesa", dt.date(2026, 11, 20), "no_statement")
    page = text(client.get(f"/admin/comparisons/inspect/{run.pk}/"))
    assert "no statement yet" in page
    assert "M-Pesa, 20 Nov 2026" in page
    assert f"#{run.actor_id}" not in page, "people have names"
    assert "has not come yet" in text(client.post("/admin/reconcile-now/", {"provider": "mpesa", "day": "2999-01-01"}))


def test_support_compares_nothing():
    assert refused(as_role("Support").get("/admin/reconcile-now/"))
    assert refused(upload(as_role("Support"))) or not ReconciliationRun.objects.exists()


# --- the cost

LISTS = ("payments", "orders", "refunds", "disputes", "paybill", "reviews", "held-orders", "refund-decisions",
         "reconciliation", "comparisons", "provider-messages", "ledger", "payouts", "proofs")  # fmt: skip


def one_of_everything(number: int) -> None:
    order = make_sale(make_ticket().offer)
    payment = order.paid_by
    failed_refund(payment, key=f"r{number}")
    make_dispute(payment)
    receipt(receipt=f"SKP{number:07d}")
    OrderReview.objects.create(order=order, payment=payment, reason="second_payment")
    assess(payment_id=payment.pk)
    OrderHold.objects.create(order=order, score=50)
    Break.objects.create(
        provider="mpesa", item="payment", name=f"n{number}", kind="amount_differs", day=dt.date(2026, 11, 20),
        currency="KES", ours_minor=1, theirs_minor=2, payment=payment, seen_at=clock.now(),
    )  # fmt: skip
    ReconciliationRun.objects.create(
        provider="mpesa", day=dt.date(2026, 11, 20), sums={"KES": {"ours": 1, "theirs": 1}}
    )
    order.refunds.create(number=1, asked_by="buyer", amount_minor=100, currency="KES", status="asked")


def test_no_list_costs_more_queries_when_it_grows(django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_role("Admins")
    costs: dict[str, list[int]] = {desk: [] for desk in LISTS}
    for made in (range(3), range(3, 25)):
        for number in made:
            one_of_everything(number)
        for desk in LISTS:
            client.get(f"/admin/{desk}/")
            with CaptureQueriesContext(connection) as seen:
                text(client.get(f"/admin/{desk}/"))
            costs[desk].append(len(seen))
    grown = {desk: cost for desk, cost in costs.items() if cost[1] > cost[0]}
    assert grown == {}
    assert {desk: cost for desk, cost in costs.items() if max(cost) >= 25} == {}


@pytest.mark.parametrize(
    "desk", ["payments", "refunds", "disputes", "paybill", "reconciliation", "comparisons", "reviews"]
)
@pytest.mark.parametrize("query", ["p=999", "o=99.x", "status=x", "q=%00", "q='", "open=x", "export=csv"])
def test_a_list_survives_any_query(desk, query):
    one_of_everything(0)
    assert as_role("Admins").get(f"/admin/{desk}/?{query}").status_code in (200, 302, 400, 404)


def test_orders_wait_for_nothing_to_be_shown():
    make_order(make_ticket().offer)
    assert text(as_role("Support").get("/admin/orders/"))
