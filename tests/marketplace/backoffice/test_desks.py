"""The desks: what is found, what is shown, to whom, at which cost."""

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.audit.models import LogEntry
from marketplace.core import clock, outbox
from marketplace.core.models import OutboxEvent
from marketplace.notifications.models import Message
from marketplace.notifications.services import queue
from marketplace.payments.models import InboxMessage
from marketplace.payments.services.story import tell
from tests.factories.commerce import make_rate, make_seller
from tests.factories.desks import make_order, make_sale
from tests.factories.events import make_date, make_event, make_ticket
from tests.factories.products import make_plan, make_product
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def as_role(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


def text(response) -> str:
    assert response.status_code == 200, response.headers.get("Location")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


@pytest.fixture
def sale():
    """Two tickets and a license of one registered seller, paid by M-Pesa, delivered."""
    make_rate(1600)
    seller = make_seller("Baobab Sessions", tax_registered=True, fee_basis_points=500)
    ticket = make_ticket(make_date(make_event("Jazz on the Roof", seller=seller)), "Balcony")
    plan = make_plan(make_product("Seat Planner", seller=seller), "Any room")
    order = make_sale(ticket.offer, plan.offer, name="Amina Odhiambo", email="amina@example.com", phone="+254722000111")
    tell(order.paid_by, source="callback", kind="callback", ResultCode=0, CheckoutRequestID="ws_CO_1")
    outbox.drain()
    order.refresh_from_db()
    return order


def message(event_id: str, **fields) -> InboxMessage:
    """Something a provider told us."""
    return InboxMessage.objects.create(provider="mpesa", event_id=event_id, body="{}", due_at=clock.now(), **fields)


def find(client: Client, term: str) -> str:
    return text(client.get("/admin/orders/", {"q": term}))


@pytest.mark.parametrize(
    "term", ["{code}", "amina@EXAMPLE.com", "0722 000 111", "+254722000111", "{receipt}", " {code} "]
)
def test_an_order_is_found_by_what_a_buyer_can_tell(sale, term):
    make_order(make_ticket().offer, email="other@example.com", phone="+254733000222")
    page = find(as_role("Support"), term.format(code=sale.code.lower(), receipt=sale.paid_by.receipt))
    assert sale.code in page
    assert "other@example.com" not in page


@pytest.mark.parametrize("term", ["amina", "@example.com", "072200", "%", "'"])
def test_parts_of_an_address_find_nobody(sale, term):
    assert sale.code not in find(as_role("Support"), term)


def test_an_order_tells_everything_that_happened_to_it(sale):
    page = text(as_role("Finance").get(f"/admin/orders/inspect/{sale.pk}/"))
    ticket, license_ = sale.lines.get(kind="ticket").tickets.get(), sale.lines.get(kind="license").licenses.get()
    bought = ("Amina Odhiambo", "+254722000111", "Jazz on the Roof", "VAT", ticket.code, license_.key_hint)
    booked = (sale.code, sale.paid_by.receipt, "callback", "2110 Seller pending", "4010 Commission")
    assert [said for said in (*bought, *booked) if said not in page] == []
    assert Message.objects.filter(key__startswith=f"order:{sale.code}:").first().subject in page
    assert sale.token not in page
    assert ticket.token not in page
    assert sale.paid_by.callback_token not in page


def test_support_sees_the_order_without_the_books(sale):
    page = text(as_role("Support").get(f"/admin/orders/inspect/{sale.pk}/"))
    assert sale.code in page
    assert "Seller pending" not in page


def test_a_seller_sees_own_sales_and_of_the_buyer_the_name_alone(sale):
    from marketplace.sellers.services import join_shop

    mine = sale.lines.get(kind="ticket")
    other = make_sale(make_ticket(make_date(make_event("Elsewhere"))).offer, name="Someone Else")
    unpaid = make_order(make_ticket(make_date(make_event("Not yet", seller=mine.seller))).offer, name="Waiting Person")
    user = make_user()
    join_shop(seller=mine.seller, user=user, role="owner", actor_id=None)
    client = Client()
    client.force_login(user)
    pages = [
        text(client.get("/admin/sales/")),
        text(client.get("/admin/sales/?export=csv")),
        text(client.get(f"/admin/sales/inspect/{mine.pk}/")),
    ]
    for page in pages:
        assert "Amina Odhiambo" in page
        for hidden in ("amina@example.com", "722000111", "Someone Else", "Waiting Person"):
            assert hidden not in page, hidden
    for line in (other.lines.get(), unpaid.lines.get()):
        assert client.get(f"/admin/sales/inspect/{line.pk}/").headers["Location"] == "/admin/"


def test_searching_sales_by_address_tells_a_seller_nothing(sale):
    from marketplace.sellers.services import join_shop

    user = make_user()
    join_shop(seller=sale.lines.first().seller, user=user, role="owner", actor_id=None)
    client = Client()
    client.force_login(user)
    assert "Jazz on the Roof" not in text(client.get("/admin/sales/", {"q": "amina@example.com"}))


@pytest.mark.parametrize("verb", ["create/", "edit/{pk}/", "delete/{pk}/", "history/{pk}/"])
@pytest.mark.parametrize("desk", ["orders", "payments", "mails", "activity", "sales", "news", "provider-messages"])
def test_nothing_can_be_added_edited_or_deleted_even_by_a_superuser(sale, desk, verb):
    client = as_role("superuser")
    url = f"/admin/{desk}/{verb.format(pk=sale.pk)}"
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


LISTS = ("orders", "payments", "sales", "provider-messages", "mails", "news", "activity", "ledger")


@pytest.mark.parametrize("desk", LISTS)
def test_a_long_list_costs_no_more_queries_than_a_short_one(desk, django_assert_max_num_queries):
    offers = [make_ticket().offer for _ in range(3)]
    for number in range(30):
        order = make_sale(*offers)
        words = {"subject": "s", "text": "t"}
        queue(key=f"order:{order.code}:test", template="account_letter", to="a@example.com", context=words)
        message(f"e{number}", payment=order.paid_by)
    client = as_role("Admins")
    with django_assert_max_num_queries(25):
        text(client.get(f"/admin/{desk}/"))


def test_one_row_costs_under_25_queries(django_assert_max_num_queries):
    """About half of it is the admin's own furniture."""
    order = make_sale(*(make_ticket().offer for _ in range(5)), quantity=3)
    outbox.drain()
    client = as_role("Admins")
    rows = (
        f"orders/inspect/{order.pk}",
        f"payments/inspect/{order.paid_by_id}",
        f"sales/inspect/{order.lines.first().pk}",
    )
    text(client.get("/admin/orders/"))  # what is looked up once per program is known
    for row in rows:
        with django_assert_max_num_queries(24):
            text(client.get(f"/admin/{row}/"))


ODD = (
    "p=999",
    "p=x",
    "o=99.x",
    "status=nonsense",
    "delivery=x",
    "nothing=1",
    "q=%00",
    "created_at__gte=x",
    "export=pdf",
)


@pytest.mark.parametrize("desk", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        "p=999",
        "p=x",
        "o=99.x",
        "status=nonsense",
        "delivery=x",
        "nothing=1",
        "q=%00",
        "created_at__gte=x",
        "export=pdf",
    ],
)
def test_a_list_survives_any_query(sale, desk, query):
    assert as_role("Admins").get(f"/admin/{desk}/?{query}").status_code in (200, 302, 400, 404)


@pytest.mark.parametrize("desk", ["orders", "payments", "sales", "mails", "news", "activity", "provider-messages"])
@pytest.mark.parametrize("pk", ["abc", "0", "99999999999999999999", "00000000-0000-0000-0000-000000000000"])
def test_a_row_that_is_none_is_not_found(desk, pk):
    assert as_role("Admins").get(f"/admin/{desk}/inspect/{pk}/").status_code == 404


def test_a_spreadsheet_starts_no_formula(sale):
    make_sale(make_ticket().offer, name="=HYPERLINK(1)")
    sheet = text(as_role("Finance").get("/admin/sales/?export=csv"))
    assert "'=HYPERLINK(1)" in sheet
    assert ",=HYPERLINK" not in sheet


def test_quarantined_messages_stand_on_top():
    for number, status in enumerate(["quarantined", "done", "waiting"]):
        InboxMessage.objects.create(
            provider="mpesa", event_id=f"event-{number}", body="{}", status=status, due_at=clock.now()
        )
    page = text(as_role("Finance").get("/admin/provider-messages/"))
    assert page.index("event-0") < page.index("event-2") < page.index("event-1")


def test_the_trial_balance_holds(sale):
    page = text(as_role("Finance").get("/admin/ledger/"))
    assert "Both sides agree" in page
    assert "1020 M-Pesa clearing" in page
    assert sale.code in text(as_role("Finance").get("/admin/ledger/", {"q": sale.code}))
    assert sale.code not in text(as_role("Finance").get("/admin/ledger/", {"q": "no-such"}))


@pytest.fixture
def failed_mail():
    mail = queue(
        key="order:X:test", template="account_letter", to="a@example.com", context={"subject": "s", "text": "t"}
    )
    Message.objects.filter(pk=mail.pk).update(status="failed", attempts=11, last_error="gone", template="order_ready")
    return mail


def test_a_failed_mail_is_sent_again_and_it_is_remembered_who_asked(failed_mail):
    client = as_role("Support")
    url = f"/admin/mails/again/{failed_mail.pk}/"
    assert url in text(client.get(f"/admin/mails/inspect/{failed_mail.pk}/"))
    client.get(url)
    failed_mail.refresh_from_db()
    assert failed_mail.status == "failed", "asking by GET changes nothing"
    client.post(url)
    failed_mail.refresh_from_db()
    assert (failed_mail.status, failed_mail.attempts) == ("waiting", 0)
    assert LogEntry.objects.get(action="mail.sent_again").actor_id == int(client.session["_auth_user_id"])
    assert url not in text(client.get(f"/admin/mails/inspect/{failed_mail.pk}/"))
    assert client.post(url).headers["Location"] == "/admin/"
    assert LogEntry.objects.filter(action="mail.sent_again").count() == 1


def test_who_may_not_change_mails_sends_none_again(failed_mail):
    for role in ("Finance", "Editors"):
        assert as_role(role).post(f"/admin/mails/again/{failed_mail.pk}/").headers["Location"] == "/admin/"
    failed_mail.refresh_from_db()
    assert failed_mail.status == "failed"


def test_a_failed_fact_is_delivered_again():
    told = {"topic": "t", "handler": "h", "payload": {}, "due_at": clock.in_seconds(3600)}
    fact = OutboxEvent.objects.create(**told, attempts=9, last_error="no")
    client = as_role("Admins")
    client.post(f"/admin/news/again/{fact.pk}/")
    fact.refresh_from_db()
    assert fact.due_at <= timezone.now()
    assert LogEntry.objects.filter(action="fact.delivered_again", target_id=str(fact.pk)).exists()
    waiting = OutboxEvent.objects.create(**told)
    client.post(f"/admin/news/again/{waiting.pk}/")
    waiting.refresh_from_db()
    assert waiting.due_at == told["due_at"]


def test_letters_about_accounts_are_for_their_reader_alone(client):
    user = make_user("asha@example.com")
    client.post("/accounts/password/reset/", {"email": user.email})
    letter = Message.objects.get(to=user.email)
    key = letter.text.split("/accounts/password/reset/key/")[1].split("/")[0]
    page = text(as_role("Admins").get(f"/admin/mails/inspect/{letter.pk}/"))
    assert letter.subject in page
    assert key not in page


def test_links_that_open_orders_are_masked_in_mails(sale):
    mail = Message.objects.filter(key__startswith=f"order:{sale.code}:").first()
    assert sale.token in mail.text
    page = text(as_role("Support").get(f"/admin/mails/inspect/{mail.pk}/"))
    assert "/orders/***" in page
    assert sale.token not in page


def test_free_orders_are_counted_apart_from_those_that_brought_money(sale):
    make_order(make_ticket(price=0).offer)
    page = " ".join(text(as_role("Finance").get("/admin/")).split())
    assert "in 1 order today" in page
    assert "free order today" in page


def test_the_home_page_shows_each_what_is_theirs(sale, failed_mail, django_assert_max_num_queries):
    message("q", status="quarantined")
    finance, support, editor = as_role("Finance"), as_role("Support"), as_role("Editors")
    with django_assert_max_num_queries(30):
        page = text(finance.get("/admin/"))
    assert str(sale.total) in page
    assert "in quarantine" in page
    assert "mails that failed" not in page
    assert "mails that failed" in text(support.get("/admin/"))
    assert "desk__today" not in text(editor.get("/admin/"))
