"""The money page: where a seller's money is, when it comes, and why it does not."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.core import clock
from marketplace.payouts.models import Earning, Payout, Terms, Verification
from marketplace.payouts.services import propose_run
from tests.factories.commerce import make_seller
from tests.factories.payouts import heard, make_available, make_earning, make_payable, make_payout, refund, sent
from tests.marketplace.payouts.pages import as_person_of, as_role, text

pytestmark = pytest.mark.django_db


def page(client, seller, more: str = "") -> str:
    return text(client.get(f"/admin/money/{seller.pk}/{more}"))


def test_a_new_seller_reads_what_to_do_first():
    seller = make_seller()
    shown = page(as_person_of(seller), seller)
    assert "Tell us who you are" in shown
    assert "Say where your KES goes" in shown
    assert "Nothing is pending" in shown
    assert "No payouts yet" in shown


def test_every_figure_is_there_and_opens_the_movements_behind_it():
    seller = make_payable()
    make_available(seller, 200_000, reference="ORDERA")
    make_earning(seller=seller, gross=70_000, reference="ORDERB")
    client = as_person_of(seller)
    shown = page(client, seller)
    assert "KES 2,000" in shown
    assert "KES 700" in shown
    available = page(client, seller, "movements/KES/?account=available")
    assert "Became available" in available
    assert "ORDERA" in available
    assert "ORDERB" not in available
    pending = page(client, seller, "movements/KES/?account=pending")
    assert "ORDERB" in pending
    assert "KES 700" in pending
    assert "1 x Line" in pending
    assert client.get(f"/admin/money/{seller.pk}/movements/KES/?account=bank").status_code == 404


def test_it_says_when_money_comes_and_why_then():
    seller = make_payable()
    friday = clock.now() + timedelta(days=4)
    make_earning(seller=seller, gross=1_240_000, service_date=friday - timedelta(days=3))
    shown = page(as_person_of(seller), seller)
    assert "KES 12,400" in shown
    assert friday.strftime("%A") in shown
    assert "3 days after the date" in shown


def test_money_that_waits_for_a_reason_says_so():
    seller = make_payable()
    earning = make_earning(seller=seller)
    Earning.objects.filter(pk=earning.pk).update(held_reason="The event was called off")
    assert "The event was called off" in page(as_person_of(seller), seller)


def test_what_is_owed_shows_and_says_how_it_is_paid_back():
    seller = make_payable()
    payout = heard(sent(make_payout(seller)), "paid")
    refund(payout.items.get().earning)
    shown = page(as_person_of(seller), seller)
    assert "Owed to us" in shown
    assert "taken later" in shown


def test_a_run_that_left_the_seller_out_says_why():
    seller = make_seller()
    make_available(seller)
    propose_run(actor_id=1)
    shown = page(as_person_of(seller), seller)
    assert "nothing was sent" in shown
    assert "hand in the verification" in shown


def test_a_held_payout_shows_its_reason_and_not_our_inner_states():
    from marketplace.payouts.services import hold_payout

    payout = make_payout()
    client = as_person_of(payout.seller)
    assert "being checked" in page(client, payout.seller)
    hold_payout(payout_id=payout.pk, actor_id=5, reason="Please send the venue's letter")
    for where in ("", "payouts/", f"payouts/{payout.code}/"):
        assert "Please send the venue&#x27;s letter" in page(client, payout.seller, where)


def test_terms_are_said_in_words():
    seller = make_seller(fee_basis_points=450)
    Terms.objects.create(
        seller=seller, hold_days=5, schedule="monthly", minimum={"KES": 100_000}, reserve_basis_points=1000,
        reserve_days=60, valid_from="2026-01-01",
    )  # fmt: skip
    shown = page(as_person_of(seller), seller)
    for said in ("5 days after the date of the event", "on the first of the month", "Less than KES 1,000",
                 "10 % stays in reserve for 60 days", "commission is 4.5 %"):  # fmt: skip
        assert said in shown, said


def test_who_is_paid_on_request_asks_for_it_here():
    seller = make_payable()
    make_available(seller)
    owner, ask = as_person_of(seller), f"/admin/money/{seller.pk}/ask/"
    assert ask not in page(owner, seller)
    assert owner.post(ask).headers["Location"] == "/admin/"
    Terms.objects.create(seller=seller, schedule="request", valid_from="2026-01-01")
    assert ask in page(owner, seller)
    assert as_person_of(seller, "manager").post(ask).headers["Location"] == "/admin/"
    assert not Payout.objects.exists()
    assert "We check it, then it leaves" in text(owner.post(ask, follow=True))
    assert Payout.objects.get().seller == seller
    assert "is still under way" in text(owner.post(ask, follow=True))
    assert Payout.objects.count() == 1


def test_who_acts_for_several_shops_switches_between_them():
    one, two = make_seller("First shop"), make_seller("Second shop")
    client = as_person_of(one)
    assert client.get("/admin/money/").headers["Location"] == f"/admin/money/{one.pk}/"
    from marketplace.sellers.services import join_shop

    join_shop(seller=two, user=client.user, role="manager", actor_id=None)
    make_earning(seller=one, gross=70_000)
    make_available(two, 200_000)
    with CaptureQueriesContext(connection) as queries:
        both = text(client.get("/admin/money/"))
    words = " ".join(re.sub(r"<[^>]+>", " ", both).split())
    assert re.search(r"<title>\s*Money", both)
    assert "First shop KES 700 KES 0 Second shop KES 0 KES 2,000" in words
    assert len(queries) < 25
    assert f"/admin/money/{two.pk}/" in page(client, one)


PAGES = ("", "movements/KES/", "payouts/", "payouts/{code}/", "payouts/{code}/invoice/", "payouts/{code}/statement.pdf",
         "payouts/{code}/statement.csv", "to/KES/", "to/KES/change/", "identity/")  # fmt: skip


@pytest.mark.parametrize("where", PAGES)
def test_another_sellers_page_does_not_exist(where):
    payout = heard(sent(make_payout(fee=5_000)), "paid")
    stranger = as_person_of(make_seller("Elsewhere"), recent=True)
    url = f"/admin/money/{payout.seller_id}/{where.format(code=payout.code)}"
    assert stranger.get(url).status_code == 404
    assert stranger.post(url).status_code == 404


def test_another_sellers_payout_is_not_found_under_ones_own_name():
    payout = heard(sent(make_payout(fee=5_000)), "paid")
    own = make_seller("Elsewhere")
    client = as_person_of(own)
    for where in PAGES[3:7]:
        assert client.get(f"/admin/money/{own.pk}/{where.format(code=payout.code)}").status_code == 404


@pytest.mark.parametrize("role", ["Finance", "Admins"])
def test_finance_looks_at_every_seller_and_changes_nothing(role):
    payout = heard(sent(make_payout(fee=5_000)), "paid")
    client = as_role(role, recent=True)
    for where in PAGES:
        if where == "to/KES/change/":
            continue
        assert client.get(f"/admin/money/{payout.seller_id}/{where.format(code=payout.code)}").status_code == 200, where
    before = payout.seller.destinations.count()
    change = f"/admin/money/{payout.seller_id}/to/KES/change/?rail=mpesa_b2c"
    for answer in (client.get(change), client.post(change, {"phone": "0712345678", "confirmed": "1"}),
                   client.post(f"/admin/money/{payout.seller_id}/identity/", {"legal_name": "Thief"})):  # fmt: skip
        assert answer.headers["Location"] == "/admin/"
    assert payout.seller.destinations.count() == before


@pytest.mark.parametrize("role", ["Editors", "Support"])
def test_other_staff_see_no_sellers_money(role):
    payout = make_payout()
    client = as_role(role)
    for where in ("", "payouts/", f"payouts/{payout.code}/"):
        assert client.get(f"/admin/money/{payout.seller_id}/{where}").status_code == 404


def test_the_menu_has_it_for_sellers_people():
    client = as_person_of(make_seller())
    assert "/admin/money/" in text(client.get("/admin/"))
    assert '"/admin/money/"' not in text(as_role("Editors").get("/admin/"))


def many(seller, count: int) -> None:
    """Earnings like a year's, cheaply: copies of a booked one."""
    one = make_earning(seller=seller)
    now = clock.now()
    Earning.objects.bulk_create(
        Earning(
            status="pending", seller=seller, currency="KES", line_id=5_000_000 + n, reference=f"O{n}", kind="ticket",
            label=f"1 x Show {n % 40}", gross_minor=100_000, fee_minor=0, tax_minor=0, share_minor=100_000,
            hold_days=3, earned_at=now, service_date=now + timedelta(days=n % 90),
            release_at=now + timedelta(days=n % 90 + 3),
        )
        for n in range(count)
    )  # fmt: skip
    assert one.pk


@pytest.mark.parametrize("where", ["", "movements/KES/", "payouts/", "identity/", "to/KES/"])
def test_pages_ask_the_database_little_however_much_was_sold(where):
    seller = make_payable()
    heard(sent(make_payout(seller)), "paid")
    many(seller, 10_000)
    client = as_person_of(seller)
    page(client, seller, where)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(client, seller, where)
    assert len(queries) < 25, "\n".join(query["sql"][:150] for query in queries)


def test_rejected_applications_say_what_is_missing():
    seller = make_seller()
    Verification.objects.create(seller=seller, status="rejected", note="The certificate has expired")
    shown = page(as_person_of(seller), seller)
    assert "The certificate has expired" in shown
    assert f"/admin/money/{seller.pk}/identity/" in shown
