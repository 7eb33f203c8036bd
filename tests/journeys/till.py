"""Steps buyers take, as a person would: by what is written on the screen."""

import re

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.stack import Stack

ORDER = re.compile(r"/orders/[\w-]{20,}/$")


def add_ticket(page: Page, event: str, ticket: str, quantity: int) -> None:
    """Choose tickets on an event's page; ends in the cart."""
    page.goto(event)
    page.get_by_role("combobox", name=re.compile(re.escape(ticket))).first.select_option(str(quantity))
    page.get_by_role("button", name="Add to cart").first.click()
    page.wait_for_url(re.compile(r"/cart/"))


def add_license(page: Page, product: str, plan: str) -> None:
    """Choose a plan on a product's page; ends in the cart."""
    page.goto(product)
    page.get_by_role("radio", name=re.compile(re.escape(plan))).first.check()
    page.get_by_role("button", name="Add to cart").first.click()
    page.wait_for_url(re.compile(r"/cart/"))


def fill_checkout(page: Page, *, email: str, phone: str = "", card: bool = False) -> None:
    """From the cart to the filled-in checkout page, up to the pay button."""
    page.goto("/cart/")
    page.get_by_role("link", name="Check out").first.click()
    page.get_by_label("E-mail").fill(email)
    if card:
        page.get_by_role("radio", name=re.compile("Card")).check()
    else:
        page.get_by_label("M-Pesa number").fill(phone)
    page.get_by_role("checkbox", name=re.compile("accept")).check()


def pay_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile(r"^Pay ")).locator("visible=true").first


def approve_on_phone(context: BrowserContext, site: Stack, phone: str) -> None:
    """Press Pay on the simulator's phone page for the prompt of this number.

    The phone stays on the table: Chromium may never answer when a page is closed while it is still loading.
    """
    handset = context.new_page()
    handset.goto(f"{site.simulator_url}/phone/?msisdn={phone}")
    handset.get_by_role("button", name=re.compile("^Pay")).first.click()
    handset.wait_for_load_state()


def pay_by_card(page: Page, *, number: str = "4242424242424242") -> None:
    """Fill in the hosted card page."""
    field = page.get_by_label(re.compile("card number", re.IGNORECASE))
    field.fill(number)
    page.get_by_role("button", name=re.compile("^Pay")).first.click()


def expect_delivered(page: Page) -> None:
    """The order page moves on by itself (or on reload) until everything is there."""
    page.wait_for_url(ORDER)
    expect(page.get_by_role("heading", name="It is yours")).to_be_visible()
