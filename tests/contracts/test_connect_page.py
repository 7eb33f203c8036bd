"""A seller's way to Stripe and back: coming back means nothing, what Stripe says counts."""

import re
from urllib.parse import urlsplit

import pytest

from marketplace.core import outbox
from marketplace.notifications.models import Message
from marketplace.payments.errors import ProviderUnavailable
from marketplace.payouts.models import Verification
from marketplace.sellers.models import Seller
from tests.factories.commerce import make_seller
from tests.marketplace.payouts.pages import as_person_of, text
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.usefixtures("simulator")


@pytest.fixture
def seller(simulator: SimulatorProcess) -> Seller:
    return make_seller(country="US", email="shop@example.com")


def here(seller: Seller, end: str = "") -> str:
    return f"/admin/money/{seller.pk}/identity/{end}"


def test_an_account_is_opened_once_and_ready_when_stripe_says_so(simulator: SimulatorProcess, seller: Seller):
    client = as_person_of(seller, recent=True)
    way = text(client.post(here(seller, "stripe/")))
    link = re.search(r'href="(http[^"]+)" rel="noreferrer"', way)
    assert link, "a link, since forms of the admin lead nowhere else"
    assert urlsplit(link.group(1)).netloc == urlsplit(simulator.stripe_base).netloc
    account = Verification.objects.get(seller=seller).connect_account
    assert account.startswith("acct_")
    client.post(here(seller, "stripe/"))
    assert Verification.objects.get(seller=seller).connect_account == account

    back = text(client.get(here(seller, "stripe/back/"), follow=True))
    assert "Stripe still needs something from you" in back
    assert Verification.objects.get().connect_ready is False
    assert "First connect a Stripe account" in text(client.get(f"/admin/money/{seller.pk}/to/USD/change/"))

    simulator.control("account", account=account, press="complete")
    assert "Your Stripe account is ready" in text(client.get(here(seller, "stripe/back/"), follow=True))
    assert Verification.objects.get().connect_ready is True
    assert "First connect a Stripe account" not in text(client.get(f"/admin/money/{seller.pk}/to/USD/change/"))


def test_stripes_own_word_arrives_without_the_seller(seller: Seller):
    Verification.objects.create(seller=seller, status="draft", connect_account="acct_1", connect_ready=True)
    outbox.publish("payments.connect_account", account="acct_1", ready=False)
    outbox.drain()
    assert Verification.objects.get().connect_ready is False


def test_stripe_away_or_saying_no_is_said(seller: Seller, settings):
    settings.STRIPE = {**settings.STRIPE, "api_base": "http://127.0.0.1:9"}
    client = as_person_of(seller, recent=True)
    shown = text(client.post(here(seller, "stripe/"), follow=True))
    assert str(ProviderUnavailable.message) in shown
    assert not Verification.objects.exclude(connect_account="").exists()
    assert not Message.objects.exists()


def test_where_stripe_opens_no_accounts_is_said_by_name_with_what_to_do():
    seller = make_seller(country="KE", email="shop@example.com")
    shown = text(as_person_of(seller, recent=True).post(here(seller, "stripe/"), follow=True))
    assert "Stripe opens no accounts for sellers in Kenya. Choose M-Pesa or a bank account instead." in shown
    assert not Verification.objects.exclude(connect_account="").exists()


def test_whoever_had_to_prove_who_they_are_goes_on_from_there(seller: Seller):
    client = as_person_of(seller, recent=True)
    page = client.get(here(seller, "stripe/"))
    assert "Get the link to Stripe" in text(page)
    assert not Verification.objects.exists(), "looking makes nothing"
    assert "Go on to Stripe" in text(client.post(here(seller, "stripe/")))


def test_a_used_link_leads_to_a_new_start(seller: Seller):
    assert "used up" in text(as_person_of(seller).get(here(seller, "stripe/again/"), follow=True))


def test_managers_and_open_sessions_begin_nothing(seller: Seller):
    refused = as_person_of(seller, "manager", recent=True).post(here(seller, "stripe/"))
    assert refused.headers["Location"] == "/admin/"
    asked = as_person_of(seller).post(here(seller, "stripe/"))
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not Verification.objects.exists()
