"""A guest buys a ticket and a license in one cart: by M-Pesa, by card, and without JavaScript."""

import hashlib
import re
from pathlib import Path

import httpx
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import till
from tests.journeys.door import verify
from tests.journeys.patience import PATIENCE
from tests.stack import Stack

EVENT, PRODUCT = "/events/taarab-by-the-fort/", "/products/daraja-kit/"

pytestmark = pytest.mark.browser


def check_ticket(page: Page, site: Stack, tmp_path: Path) -> None:
    """The PDF's QR, read by an independent decoder, verifies with nothing but the published public key."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    file = tmp_path / "ticket.pdf"
    waiting.value.save_as(file)
    picture = pypdfium2.PdfDocument(file)[0].render(scale=3).to_pil()
    codes = [found.text for found in zxingcpp.read_barcodes(picture) if "QR" in str(found.format)]
    assert len(codes) == 1, "one code on the page"
    keys = httpx.get(f"{site.base_url}/tickets/keys.json", timeout=180).json()
    assert verify(codes[0], keys)


def check_download(page: Page, tmp_path: Path) -> None:
    """The file arrives whole: its checksum is the one on the page."""
    page.get_by_role("link", name="Daraja Kit").first.click()
    page.wait_for_url(re.compile(r"/licenses/"))
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("Download .*whl")).first.click()
    file = tmp_path / "bought"
    waiting.value.save_as(file)
    assert hashlib.sha256(file.read_bytes()).hexdigest() in page.content()


def test_ticket_and_license_with_mpesa(context: BrowserContext, page: Page, site: Stack, complaints, tmp_path):
    till.add_ticket(page, EVENT, "Seat", 2)
    till.add_license(page, PRODUCT, "Developer")
    till.fill_checkout(page, email="wanjiru@example.org", phone="0712 111 789")
    till.pay_button(page).click()
    page.wait_for_url(till.ORDER)
    expect(page.get_by_role("heading", name="Check your phone")).to_be_visible()
    till.approve_on_phone(context, site, "254712111789")
    till.expect_delivered(page)
    check_ticket(page, site, tmp_path)
    expect(page.get_by_text(re.compile(r"SOKO-"))).to_be_visible()
    check_download(page, tmp_path)
    assert complaints == []


def test_ticket_and_license_by_card(context: BrowserContext, page: Page, site: Stack, complaints, tmp_path):
    till.add_ticket(page, EVENT, "Front rows", 1)
    till.add_license(page, PRODUCT, "Developer")
    till.fill_checkout(page, email="otieno@example.org", card=True)
    till.pay_button(page).click()
    till.pay_by_card(page)
    till.expect_delivered(page)
    check_ticket(page, site, tmp_path)
    assert 350000 + 650000 in amounts(site.look("ledger")), "the provider holds exactly what was shown"
    assert complaints == []


def amounts(ledger: object) -> list[int]:
    """Every amount the simulator booked, minor units."""
    if isinstance(ledger, dict):
        own = [ledger["amount_minor"]] if isinstance(ledger.get("amount_minor"), int) else []
        return own + [n for value in ledger.values() for n in amounts(value)]
    return [n for value in ledger for n in amounts(value)] if isinstance(ledger, list) else []


@pytest.mark.without_javascript
def test_the_same_purchase_without_javascript(context: BrowserContext, page: Page, site: Stack, tmp_path):
    till.add_ticket(page, EVENT, "Seat", 1)
    till.add_license(page, PRODUCT, "Developer")
    till.fill_checkout(page, email="achieng@example.org", phone="0712 333 456")
    till.pay_button(page).click()
    page.wait_for_url(till.ORDER)
    till.approve_on_phone(context, site, "254712333456")
    for _ in range(PATIENCE // 1000):  # the page says "Check again"; a person does
        if page.get_by_role("heading", name="It is yours").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    till.expect_delivered(page)
    check_ticket(page, site, tmp_path)
    check_download(page, tmp_path)


def test_a_wrong_pin_can_be_mended_by_card(context: BrowserContext, page: Page, site: Stack, complaints):
    till.add_ticket(page, EVENT, "Seat", 1)
    till.fill_checkout(page, email="njeri@example.org", phone="0712 555 201")  # ends in 201: wrong PIN
    till.pay_button(page).click()
    page.wait_for_url(till.ORDER)
    expect(page.get_by_text("The M-Pesa PIN was wrong")).to_be_visible()
    page.get_by_role("radio", name=re.compile("Card")).check()
    till.pay_button(page).click()
    till.pay_by_card(page)
    till.expect_delivered(page)
    assert complaints == []


def test_a_declined_card_keeps_the_order(context: BrowserContext, page: Page, site: Stack):
    till.add_ticket(page, EVENT, "Seat", 1)
    till.fill_checkout(page, email="kamau@example.org", card=True)
    till.pay_button(page).click()
    till.pay_by_card(page, number="4000000000000002")
    expect(page.get_by_text(re.compile("declined", re.IGNORECASE)).first).to_be_visible()
    till.pay_by_card(page)
    till.expect_delivered(page)


def test_a_free_ticket_needs_no_payment(page: Page, site: Stack, complaints):
    till.add_ticket(page, "/events/short-film-night/", "Free ticket", 1)
    page.goto("/cart/")
    page.get_by_role("link", name="Check out").first.click()
    page.get_by_label("E-mail").fill("free@example.org")
    page.get_by_role("checkbox", name=re.compile("accept")).check()
    page.locator("main").get_by_role("button").locator("visible=true").last.click()
    till.expect_delivered(page)
    assert complaints == []
