"""Connected accounts: created, sent to the hosted page, and told about."""

import httpx
import pytest
import stripe

from tests.simulator.receiver import Receiver
from tests.simulator.sellers import link, onboard, seller
from tests.simulator_process import SimulatorProcess


def test_a_new_account_cannot_be_paid(shop: stripe.StripeClient) -> None:
    account = seller(shop)
    assert account.id.startswith("acct_")
    assert (account.details_submitted, account.payouts_enabled, account.charges_enabled) == (False, False, False)
    assert (account.capabilities.transfers, account.country, account.type) == ("inactive", "DE", "express")
    assert account.requirements.currently_due
    assert account.controller.stripe_dashboard.type == "express"
    assert shop.v1.accounts.retrieve(account.id).metadata.to_dict() == {"seller": "7"}
    assert [row.id for row in shop.v1.accounts.list().data] == [account.id]


def test_the_older_form_of_an_account_works_but_not_both(shop: stripe.StripeClient) -> None:
    assert seller(shop, controller=None, type="express").type == "express"
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        seller(shop, type="express")


def test_kenya_is_not_among_the_countries(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        seller(shop, country="KE")
    assert caught.value.code == "country_unsupported"


def test_the_owner_completes_the_page_once(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    account = seller(shop)
    made = link(shop, account)
    assert made.url.startswith(simulator.base_url)
    assert made.expires_at > made.created
    page = httpx.get(made.url, timeout=180)
    assert all(word in page.text for word in ("Complete", "Leave", account.id, "SOKONI"))
    done = httpx.post(made.url, data={"press": "complete"}, timeout=180)
    assert (done.status_code, done.headers["location"]) == (303, "http://127.0.0.1:9/back/")
    after = shop.v1.accounts.retrieve(account.id)
    assert (after.details_submitted, after.payouts_enabled) == (True, True)
    assert after.capabilities is not None
    assert after.capabilities.transfers == "active"
    simulator.until(lambda: "account.updated" in receiver.types())
    [told] = [one.json for one in receiver.got if one.json["type"] == "account.updated"]
    assert (told["account"], told["data"]["object"]["payouts_enabled"]) == (account.id, True)
    assert httpx.get(made.url, timeout=180).headers["location"] == "http://127.0.0.1:9/again/"
    assert httpx.get(shop.v1.accounts.login_links.create(account.id).url, timeout=180).status_code == 200


def test_leaving_or_handing_in_too_little_enables_nothing(
    shop: stripe.StripeClient, simulator: SimulatorProcess, receiver: Receiver
) -> None:
    account = seller(shop)
    onboard(shop, account, "leave")
    assert not shop.v1.accounts.retrieve(account.id).details_submitted
    onboard(shop, account, "incomplete")
    after = shop.v1.accounts.retrieve(account.id)
    assert (after.details_submitted, after.payouts_enabled) == (True, False)
    assert after.requirements is not None
    assert after.requirements.currently_due == ["individual.verification.document"]
    simulator.control("account", account=account.id, press="complete")
    assert shop.v1.accounts.retrieve(account.id).payouts_enabled
    simulator.control("account", account=account.id, press="restrict")
    assert not shop.v1.accounts.retrieve(account.id).payouts_enabled
    simulator.until(lambda: receiver.types().count("account.updated") == 3)


def test_a_link_grows_old(shop: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    made = link(shop, seller(shop))
    simulator.advance(301)
    assert httpx.get(made.url, timeout=180).headers["location"] == "http://127.0.0.1:9/again/"
    assert httpx.get(f"{simulator.base_url}/stripe/connect/nothing", timeout=180).status_code == 404


def test_what_an_account_cannot_be_asked(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not simulated"):
        seller(shop, external_account="btok_1")
    with pytest.raises(stripe.InvalidRequestError, match="account_update"):
        link(shop, seller(shop), "account_update")
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        seller(shop, kind="express")
