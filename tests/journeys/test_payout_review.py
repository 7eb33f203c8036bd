"""Finance reviews and approves a payout over M-Pesa, the seller sees it arrive and takes the statement home."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from marketplace.backoffice.demo.people import LOGINS, PASSWORD
from marketplace.payouts.models import Payout
from marketplace.payouts.services import cancel_payout, propose_run
from marketplace.sellers.models import Seller
from tests.factories.payouts import make_available
from tests.journeys.patience import PATIENCE
from tests.stack import Stack

pytestmark = pytest.mark.browser
SELLER = "Baobab Sessions"
WAIT = 240
"""Seconds: the worker sends, M-Pesa's result comes by callback."""


def enter(browser: Browser, site: Stack, who: str, *, phone: bool) -> tuple[BrowserContext, Page]:
    size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
    context = browser.new_context(base_url=site.base_url, viewport=size, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).first.fill(LOGINS[who])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile("/admin/$"))
    return context, page


@pytest.fixture
def finance(browser: Browser, site: Stack) -> Iterator[Page]:
    context, page = enter(browser, site, "finance", phone=False)
    yield page
    context.close()


@pytest.fixture
def seller(browser: Browser, site: Stack) -> Iterator[Page]:
    """On a phone."""
    context, page = enter(browser, site, "seller", phone=True)
    yield page
    context.close()


@pytest.fixture
def payout(site: Stack) -> Payout:
    found = Seller.objects.get(name=SELLER)
    for before in Payout.objects.filter(seller=found, status=Payout.Status.PROPOSED):
        cancel_payout(payout_id=before.pk, actor_id=None, reason="A new one is proposed")
    make_available(found, 350_000, fee=17_500, commission_tax=2_800, reference="JOURNEY1")
    propose_run(seller_ids=[found.pk])
    return Payout.objects.get(seller=found, status=Payout.Status.PROPOSED, currency="KES")


def test_finance_approves_and_the_seller_is_paid(payout: Payout, finance: Page, seller: Page, tmp_path: Path):
    seller.goto("/admin/money/")
    seller.get_by_role("link", name=SELLER).first.click()
    expect(seller.get_by_role("row", name=re.compile(payout.code))).to_contain_text("being checked")

    finance.goto("/admin/payouts/?status=proposed")
    finance.get_by_role("link", name=payout.code).first.click()
    expect(finance.get_by_role("heading", name="From sales to what arrives")).to_be_visible()
    expect(finance.get_by_role("heading", name="Signals")).to_be_visible()
    finance.get_by_role("link", name="Approve", exact=True).click()
    finance.get_by_label("Password").fill(PASSWORD)
    finance.get_by_role("button", name="Confirm").click()
    finance.get_by_role("button", name="Approve", exact=True).click()
    expect(finance.get_by_text(re.compile(f"{payout.code}: approved"))).to_be_visible()

    until = time.monotonic() + WAIT
    while Payout.objects.get(pk=payout.pk).status != Payout.Status.PAID and time.monotonic() < until:
        time.sleep(0.5)
    finance.reload()
    payout.refresh_from_db()
    assert payout.status == Payout.Status.PAID
    assert payout.disbursement is not None
    expect(finance.get_by_text(payout.disbursement.receipt).first).to_be_visible()

    seller.reload()
    expect(seller.get_by_role("row", name=re.compile(payout.code))).to_contain_text("paid")
    seller.get_by_role("link", name=payout.code).click()
    expect(seller.get_by_text(payout.disbursement.receipt)).to_be_visible()
    with seller.expect_download() as waiting:
        seller.get_by_role("link", name="Statement as PDF").click()
    file = tmp_path / "statement.pdf"
    waiting.value.save_as(file)
    words = "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file))
    assert payout.code in words
    assert "JOURNEY1" in words
    assert str(payout.net).replace("\xa0", " ") in words.replace("\xa0", " ")
