"""A session from creation to payment, through the hosted page, and what the SDK then sees."""

import httpx
import pytest
import stripe

from tests.simulator.checkouts import DECLINED, GOOD, POOR, SECURE, SUCCESS, line, open_session, paid_session, pay
from tests.simulator.receiver import Receiver
from tests.simulator_process import SimulatorProcess


def test_a_new_session_waits_for_its_buyer(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    session = open_session(shop, line_items=[line("A & B", 150000, 2), line("Mug", 50000)])
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert session.url.startswith(simulator.base_url)
    assert (session.amount_total, session.currency) == (350000, "kes")
    assert session.to_dict()["metadata"] == {"order": "ORD1"}
    assert "line_items" not in session
    items = shop.v1.checkout.sessions.line_items.list(session.id)
    assert [(item.description, item.quantity, item.amount_total) for item in items.data] == [
        ("A & B", 2, 300000),
        ("Mug", 1, 50000),
    ]


def test_paying_completes_session_intent_and_charge(shop: stripe.StripeClient) -> None:
    session = open_session(shop)
    page = httpx.get(session.url, timeout=180)
    assert page.status_code == 200
    assert all(word in page.text for word in ("Ticket", "KES 1,500.00", "4242 4242 4242 4242", "Cancel"))
    answer = pay(session.url)
    assert answer.status_code == 303
    assert answer.headers["location"] == SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id)
    expand = ["line_items", "payment_intent.latest_charge"]
    done = shop.v1.checkout.sessions.retrieve(session.id, {"expand": expand})
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.customer_details.email == "buyer@example.com"
    assert done.line_items.data[0].price.unit_amount == 150000
    intent = done.payment_intent
    assert (intent.status, intent.amount_received, intent.metadata.order) == ("succeeded", 150000, "ORD1")
    charge = intent.latest_charge
    assert (charge.paid, charge.captured, charge.amount, charge.metadata.order) == (True, True, 150000, "ORD1")
    assert charge.payment_method_details.card.last4 == "4242"
    assert httpx.get(charge.receipt_url, timeout=180).status_code == 200


@pytest.mark.parametrize(
    ("number", "code", "decline_code", "words"),
    [
        (DECLINED, "card_declined", "generic_decline", "Your card was declined."),
        (POOR, "card_declined", "insufficient_funds", "Your card has insufficient funds."),
        ("4012888888881881", "card_declined", "test_mode_live_card", "non test card"),
    ],
)
def test_a_declined_card_leaves_the_session_open(
    shop: stripe.StripeClient, receiver: Receiver, simulator: SimulatorProcess,
    number: str, code: str, decline_code: str, words: str,
) -> None:  # fmt: skip
    session = open_session(shop)
    answer = pay(session.url, number)
    assert answer.status_code == 402
    assert words in answer.text
    open_still = shop.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (open_still.status, open_still.payment_intent.status) == ("open", "requires_payment_method")
    error = open_still.payment_intent.last_payment_error
    assert (error.code, error.decline_code) == (code, decline_code)
    simulator.until(lambda: "payment_intent.payment_failed" in receiver.types())
    assert pay(session.url).status_code == 303
    again = shop.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert again.payment_intent.id == open_still.payment_intent.id
    assert [charge.status for charge in shop.v1.charges.list().data] == ["succeeded", "failed"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "4242424242424241"}, "card number is invalid"),
        ({"number": "hello"}, "card number is invalid"),
        ({"expiry": "13 / 34"}, "expiration date is incomplete"),
        ({"expiry": "01 / 20"}, "expiration date is in the past"),
        ({"cvc": "1"}, "security code is incomplete"),
        ({"email": "nobody"}, "Enter an e-mail address"),
    ],
)
def test_a_mistyped_form_keeps_what_was_typed(shop: stripe.StripeClient, fields: dict[str, str], words: str) -> None:
    session = open_session(shop)
    answer = pay(session.url, **({"number": GOOD, "name": "Zawadi"} | fields))
    assert answer.status_code == 422
    assert words in answer.text
    assert "Zawadi" in answer.text
    assert shop.v1.checkout.sessions.retrieve(session.id).payment_intent is None


@pytest.mark.parametrize(("press", "status"), [("complete", "complete"), ("fail", "open")])
def test_a_3d_secure_card_asks_first(shop: stripe.StripeClient, press: str, status: str) -> None:
    session = open_session(shop)
    answer = pay(session.url, SECURE)
    assert answer.status_code == 303
    challenge = httpx.URL(session.url).join(answer.headers["location"])
    assert "Complete" in httpx.get(challenge, timeout=180).text
    waiting = shop.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]}).payment_intent
    assert (waiting.status, waiting.next_action.redirect_to_url.url) == ("requires_action", str(challenge))
    answered = httpx.post(challenge, data={"answer": press}, timeout=180)
    after = shop.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert after.status == status
    if press == "complete":
        assert answered.headers["location"] == SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id)
    else:
        assert after.payment_intent.last_payment_error.code == "payment_intent_authentication_failure"
        assert "failed authentication" in httpx.get(session.url, timeout=180).text
    assert httpx.post(challenge, data={"answer": "complete"}, timeout=180).status_code == 410


def test_a_finished_session_takes_no_second_payment(shop: stripe.StripeClient) -> None:
    session = open_session(shop)
    pay(session.url)
    assert pay(session.url).headers["location"].endswith(session.id)
    assert "not been charged again" in httpx.get(session.url, timeout=180).text
    assert len(shop.v1.charges.list().data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        shop.v1.checkout.sessions.expire(session.id)


def test_an_expired_session_takes_no_payment(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    by_hand, by_time = open_session(shop), open_session(shop)
    pay(by_hand.url, DECLINED)
    expired = shop.v1.checkout.sessions.expire(by_hand.id, {"expand": ["payment_intent"]})
    assert (expired.status, expired.url, expired.payment_intent.status) == ("expired", None, "canceled")
    simulator.advance(3601)
    simulator.until(lambda: receiver.types().count("checkout.session.expired") == 2)
    assert shop.v1.checkout.sessions.retrieve(by_time.id).status == "expired"
    for session in (by_hand, by_time):
        assert httpx.get(session.url, timeout=180).status_code == 410
        assert pay(session.url).status_code == 410
    assert [charge.paid for charge in shop.v1.charges.list().data] == [False]
    assert httpx.get(f"{simulator.base_url}/stripe/pay/cs_test_none", timeout=180).status_code == 404


def test_an_order_that_costs_nothing_needs_no_card(shop: stripe.StripeClient) -> None:
    session = open_session(shop, line_items=[line(amount=0)])
    assert session.payment_status == "no_payment_required"
    assert "Card number" not in httpx.get(session.url, timeout=180).text
    assert httpx.post(session.url, data={"email": "a@example.com"}, timeout=180).status_code == 303
    done = shop.v1.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "no_payment_required", None)


def test_names_typed_by_strangers_are_escaped(shop: stripe.StripeClient) -> None:
    session = open_session(shop, line_items=[line("<script>alert(1)</script>")])
    assert "<script>alert" not in httpx.get(session.url, timeout=180).text
    assert "<script>" not in pay(session.url, email='"><script>').text


def test_a_session_can_be_paid_by_script(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    session = open_session(shop)
    assert simulator.control("card", session=session.id, press="decline")["result"] == "requires_payment_method"
    assert simulator.control("card", session=session.id, press="challenge")["result"] == "requires_action"
    assert simulator.control("card", session=session.id, press="complete")["result"] == "complete"
    assert shop.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_sessions_are_listed_newest_first_in_pages(shop: stripe.StripeClient) -> None:
    made = [open_session(shop).id for _ in range(5)]
    first = shop.v1.checkout.sessions.list({"limit": 2})
    assert ([row.id for row in first.data], first.has_more) == (made[:2:-1], True)
    rest = shop.v1.checkout.sessions.list({"limit": 2, "starting_after": first.data[-1].id})
    assert [row.id for row in rest.data] == [made[2], made[1]]
    back = shop.v1.checkout.sessions.list({"limit": 2, "ending_before": rest.data[0].id})
    assert [row.id for row in back.data] == [row.id for row in first.data]
    assert [row.id for row in shop.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()] == made[::-1]
    paid = paid_session(shop)
    found = shop.v1.checkout.sessions.list({"payment_intent": paid.payment_intent.id})
    assert [row.id for row in found.data] == [paid.id]


def test_the_next_card_can_be_ordered(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    simulator.control("next", provider="stripe", outcome="insufficient_funds", count=2)
    session = open_session(shop, customer_email="known@example.com")
    assert session.customer_details.email == "known@example.com"
    assert [pay(session.url).status_code for _ in range(3)] == [402, 402, 303]
