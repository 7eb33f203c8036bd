import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.core import mail
from django.core.cache import cache

from marketplace.commerce.models import Cart, Order
from marketplace.core import clock
from marketplace.notifications.services import send_waiting
from marketplace.users.models import User
from tests.factories.commerce import make_offer, make_order
from tests.marketplace.commerce.buying import Shopper, text_of, work
from tests.marketplace.commerce.conftest import Goods

pytestmark = pytest.mark.django_db


def member(email: str = "amina@example.com", *, proven: bool = True) -> User:
    user = User.objects.create_user(email, "a long enough password")
    EmailAddress.objects.create(user=user, email=email, verified=proven, primary=True)
    return user


def log_in(shopper: Shopper, user: User) -> None:
    answer = shopper.client.post("/accounts/login/", {"login": user.email, "password": "a long enough password"})
    assert answer.status_code == 302, answer.content.decode()[:2000]


def test_a_guests_orders_join_the_account_that_proves_the_address():
    mine, foreign = make_order(email="Amina@Example.com"), make_order(email="other@example.com")
    user = member(proven=False)
    address = EmailAddress.objects.get(user=user)
    address.verified = True
    address.save()
    email_confirmed.send(sender=EmailAddress, request=None, email_address=address)
    assert list(user.orders.all()) == [mine]
    foreign.refresh_from_db()
    assert foreign.user is None


def test_logging_in_collects_later_guest_orders_but_only_of_proven_addresses(shopper: Shopper):
    user = member()
    EmailAddress.objects.create(user=user, email="unproven@example.com", verified=False)
    mine, unproven = make_order(), make_order(email="unproven@example.com")
    log_in(shopper, user)
    assert list(user.orders.all()) == [mine]
    unproven.refresh_from_db()
    assert unproven.user is None


def test_an_order_of_someone_elses_is_never_taken_over():
    owner = member("owner@example.com")
    order = make_order(user_id=owner.pk)
    user = member("amina@example.com", proven=False)
    email_confirmed.send(sender=EmailAddress, request=None, email_address=EmailAddress.objects.get(user=user))
    order.refresh_from_db()
    assert order.user == owner


def test_at_log_in_the_guests_cart_becomes_the_members(shopper: Shopper, other: Shopper):
    user = member()
    log_in(other, user)
    phone, both = make_offer(), make_offer()
    other.add(phone, 2)
    other.add(both, 1)
    laptop = make_offer()
    shopper.add(laptop, 1)
    shopper.add(both, 3)
    log_in(shopper, user)
    assert {line.row.offer_id: line.row.quantity for line in shopper.cart.lines} == {
        laptop.pk: 1,
        both.pk: 3,
        phone.pk: 2,
    }
    assert not shopper.cart.unheld
    assert shopper.cart.cart.user == user


def test_a_member_finds_the_cart_of_another_device(shopper: Shopper, other: Shopper):
    user = member()
    log_in(other, user)
    other.add(make_offer(), 2)
    log_in(shopper, user)
    assert shopper.cart.count == 2


def test_carts_of_two_currencies_are_not_mixed_by_logging_in(shopper: Shopper, other: Shopper):
    user = member()
    log_in(other, user)
    other.add(make_offer(currency="USD", price=500), 2)
    shopper.add(make_offer(), 1)
    log_in(shopper, user)
    assert [line.row.offer.currency for line in shopper.cart.lines] == ["KES"]
    assert Cart.objects.count() == 2


def test_the_account_shows_what_is_coming_up_first_and_pages_the_rest(shopper: Shopper, goods: Goods):
    user = member()
    for _ in range(11):
        make_order(user_id=user.pk)
    soon = make_order(
        offer=make_offer("thing", title="Benga by the Lake", service_date=clock.in_seconds(86400)), paid=True
    )
    work()
    Order.objects.filter(pk=soon.pk).update(user=user)
    make_order(
        offer=make_offer("thing", title="Not mine", service_date=clock.in_seconds(86400)),
        paid=True,
        email="b@example.com",
    )
    log_in(shopper, user)
    page = text_of(shopper.client.get("/account/"))
    assert page.index("Coming up") < page.index("Benga by the Lake") < page.index("All orders")
    assert "Not mine" not in page
    assert "Next" in page
    second = text_of(shopper.client.get("/account/", {"page": 2}))
    assert "Coming up" not in second
    for nonsense in ("0", "-1", "x", "99999999999999999999"):
        assert shopper.client.get("/account/", {"page": nonsense}).status_code == 200


def test_the_account_costs_the_same_for_any_number_of_orders(shopper: Shopper, django_assert_max_num_queries):
    user = member()
    for _ in range(10):
        make_order(user_id=user.pk, lines=2)
    log_in(shopper, user)
    with django_assert_max_num_queries(12):
        shopper.client.get("/account/")


def test_the_account_is_for_members(shopper: Shopper):
    assert "/login/" in shopper.client.get("/account/").headers["Location"]


def test_lost_links_go_to_the_address_alone_and_the_answer_is_always_the_same(shopper: Shopper, goods: Goods):
    order = make_order(paid=True)
    unpaid = make_order()
    work()
    answers = [
        text_of(shopper.client.post("/orders/find/", {"email": email}))
        for email in ("AMINA@example.com", "no@example.com")
    ]
    assert answers[0].replace("AMINA@example.com", "") == answers[1].replace("no@example.com", "")
    send_waiting()
    letters = [letter for letter in mail.outbox if "links" in letter.body]
    assert [letter.to for letter in letters] == [["amina@example.com"]]
    assert order.token in letters[0].body
    assert unpaid.token not in letters[0].body
    shopper.client.post("/orders/find/", {"email": "amina@example.com"})
    send_waiting()
    assert len([letter for letter in mail.outbox if "links" in letter.body]) == 1, "at most one in ten minutes"


@pytest.mark.usefixtures("still_clock")
def test_asking_for_links_is_bounded(shopper: Shopper):
    cache.clear()
    statuses = [shopper.client.post("/orders/find/", {"email": f"a{n}@example.com"}).status_code for n in range(12)]
    assert statuses[:10] == [200] * 10
    assert statuses[-1] == 429


@pytest.mark.parametrize("typed", ["", "x", "a\x00@b.c", "a" * 500 + "@example.com"])
def test_a_malformed_address_is_said(shopper: Shopper, typed: str):
    assert shopper.client.post("/orders/find/", {"email": typed}).status_code == 422
