"""A security key from first to last, where production's door stands: Finance adds one, enters and approves with it.

The key is Chromium's own virtual one: it keeps what browsers and keys agreed on, and nobody has to touch it.
"""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, BrowserContext, Page, expect

from marketplace.payouts.models import Payout
from marketplace.payouts.services import propose_run
from marketplace.users.models import User
from tests.factories.payouts import make_available, make_payable
from tests.factories.users import PASSWORD, make_user
from tests.journeys.patience import PATIENCE
from tests.stack import Stack

pytestmark = pytest.mark.browser
ADMIN = re.compile(r"/admin/$")
PHONE_LOCK = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
"""What a phone or computer with a fingerprint reader is to a browser."""


@pytest.fixture(scope="module")
def guarded(site: Stack) -> Iterator[Stack]:
    """A second web server over the same rows that asks Finance for a second step, at a name as keys need one."""
    url = str(site.environment["DATABASE_URL"])
    stack = Stack(url, settings={"MFA_REQUIRED_ROLES": ["Finance", "Admins"]}, host="localhost")
    stack.environment["SOKONI_VAR"] = str(site.var)  # where the pictures are
    try:
        yield stack.start("web")
    finally:
        stack.stop()


@pytest.fixture
def context(browser: Browser, guarded: Stack) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=guarded.base_url, viewport={"width": 390, "height": 844})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def keyed(page: Page) -> Page:
    """A browser on a device with a lock of its own."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE_LOCK})
    return page


@pytest.fixture
def person(site: Stack) -> User:
    return make_user(role="Finance")


@pytest.fixture
def payout(site: Stack) -> Payout:
    seller = make_payable(name="Keyed Sessions")
    make_available(seller, 350_000)
    propose_run(seller_ids=[seller.pk])
    return Payout.objects.get(seller=seller)


def log_in(page: Page, person: User, to: str = "/admin/") -> None:
    """As far as a password goes."""
    page.goto(to)
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def log_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    page.wait_for_url(re.compile(r"[^/]/$"))


def add_key(page: Page, person: User) -> list[str]:
    """From the door, which does not open yet, through it. Gives the recovery codes."""
    log_in(page, person)
    page.wait_for_url(re.compile("second-step"))
    page.get_by_role("link", name="Add a security key").click()
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.locator("input[name=name]").fill("Wanjiru’s phone")
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="Go on to where you were").click()
    page.wait_for_url(ADMIN)
    return codes


def use_key(page: Page) -> None:
    page.get_by_role("button", name="Use a security key").click()


def try_code(page: Page, code: str) -> None:
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="Log in with a code").click()


def test_finance_adds_a_key_enters_with_it_and_approves_with_it(
    keyed: Page, person: User, payout: Payout, complaints: list[str]
):
    codes = add_key(keyed, person)
    assert len(set(codes)) == 10
    assert Authenticator.objects.get(user=person, type="webauthn").data["name"] == "Wanjiru’s phone"

    log_out(keyed)
    log_in(keyed, person)
    expect(keyed.get_by_role("heading", name="One more step")).to_be_visible()
    use_key(keyed)
    keyed.wait_for_url(ADMIN)

    keyed.goto("/admin/payouts/?status=proposed")
    keyed.get_by_role("link", name=payout.code).first.click()
    keyed.get_by_role("link", name="Approve", exact=True).click()
    expect(keyed.get_by_role("heading", name="Confirm it is you")).to_be_visible()
    expect(keyed.locator("input[name=password]")).to_have_count(0)
    use_key(keyed)
    keyed.get_by_role("button", name="Approve", exact=True).click()
    expect(keyed.get_by_text(re.compile(f"{payout.code}: approved"))).to_be_visible()
    # the worker may be sending it by now
    assert [one.verb for one in payout.decisions.filter(actor_id=person.pk)] == ["approve"], (
        "the worker may send it now"
    )
    assert complaints == []


def test_a_recovery_code_opens_the_door_once(keyed: Page, person: User, complaints: list[str]):
    code, other = add_key(keyed, person)[:2]
    log_out(keyed)
    log_in(keyed, person)
    try_code(keyed, code)
    keyed.wait_for_url(ADMIN)

    log_out(keyed)
    log_in(keyed, person)
    try_code(keyed, code)
    expect(keyed.locator(".form-errors")).to_contain_text("was used already")
    keyed.goto("/admin/")
    expect(keyed.get_by_role("heading", name="One more step")).to_be_visible()
    try_code(keyed, other)
    keyed.wait_for_url(ADMIN)
    assert complaints == []


def test_what_goes_wrong_with_a_key_is_said(keyed: Page, person: User, guarded: Stack, complaints: list[str]):
    add_key(keyed, person)
    keyed.goto("/accounts/2fa/webauthn/add/")
    keyed.get_by_role("button", name="Add the key").click()
    expect(keyed.get_by_text("You have this key already")).to_be_visible()
    expect(keyed.get_by_role("button", name="Add the key")).to_be_enabled()

    log_in(keyed, person, to=guarded.base_url.replace("localhost", "127.0.0.1") + "/admin/")
    use_key(keyed)
    expect(keyed.get_by_text("Keys do not work at this address")).to_be_visible()
    assert complaints == []


def test_a_key_refused_because_another_tab_asked_keeps_the_way(keyed: Page, person: User):
    add_key(keyed, person)
    keyed.goto("/accounts/2fa/webauthn/reauthenticate/?next=/admin/payouts/")
    with keyed.context.new_page() as other:
        other.goto("/accounts/2fa/webauthn/reauthenticate/")
    use_key(keyed)
    expect(keyed.get_by_role("alert").first).to_contain_text("Try again")
    use_key(keyed)
    keyed.wait_for_url(re.compile(r"/admin/payouts/$"))
