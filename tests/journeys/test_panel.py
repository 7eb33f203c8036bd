"""The panel of dates and tickets in a real browser: a page nobody saved by hand, live figures, keys, and no script."""

import datetime as dt
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.backoffice.demo.people import LOGINS, PASSWORD
from tests.journeys import till
from tests.journeys.patience import PATIENCE
from tests.stack import Stack

pytestmark = pytest.mark.browser
DAY = dt.date.today() + dt.timedelta(days=40)  # noqa: DTZ011 (any day far enough ahead will do)
SETTLED = 2500
"""Milliseconds until Wagtail watches a new form for changes, as it would have long done for a person."""


def log_in(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).first.fill(LOGINS["editor"])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile("/admin/$"))


@pytest.fixture
def desk(browser: Browser, site: Stack):
    context = browser.new_context(base_url=site.base_url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    log_in(page)
    yield page
    context.close()


def begin_event(desk: Page, title: str) -> None:
    """A new event as far as its first autosave: nobody presses Save."""
    desk.goto("/admin/shop/events/")
    desk.get_by_role("link", name="Add event").first.click()
    desk.wait_for_load_state("networkidle")
    desk.wait_for_timeout(SETTLED)
    desk.locator("[name=title]").fill(title)
    for kind, row in (("seller", "Baobab Sessions"), ("venue", "Railway Yard")):
        desk.get_by_role("button", name=re.compile(f"Choose (a )?{kind}")).first.click()
        desk.locator(".modal-body").get_by_role("link", name=re.compile(row)).first.click()
        expect(desk.locator(".modal-body")).to_have_count(0)
    desk.get_by_role("tab", name="Dates and tickets").click()
    expect(desk.get_by_role("link", name="Add date")).to_be_visible()


def test_a_page_nobody_saved_by_hand_takes_dates_and_its_figures_follow_the_buyers(desk: Page, page: Page):
    begin_event(desk, "Fog and Drums")
    desk.get_by_role("link", name="Add date").press("Enter")
    box = desk.locator("dialog[open]")
    expect(box.locator("[name=start]")).to_be_focused()
    box.locator("[name=start]").fill(f"{DAY}T19:00")
    box.locator("[name=end]").fill(f"{DAY}T22:00")
    box.locator("[name=end]").press("Enter")
    expect(desk.locator("dialog[open]")).to_have_count(0)
    expect(desk.get_by_role("link", name="Add date")).to_be_focused()

    desk.locator("details").get_by_role("link", name="Add ticket type").click()
    box = desk.locator("dialog[open]")
    box.locator("[name=name]").fill("Standing")
    box.locator("[name=price]").fill("1,200")
    box.locator("[name=capacity]").fill("50")
    box.get_by_role("button", name="Add ticket type").click()
    row = desk.get_by_role("row", name=re.compile("Standing"))
    expect(row).to_contain_text("Page not published")

    desk.get_by_role("button", name=re.compile("more actions", re.IGNORECASE)).locator("visible=true").last.click()
    desk.get_by_role("button", name="Publish").locator("visible=true").first.click()
    expect(desk.get_by_text(re.compile("published")).first).to_be_visible()
    desk.get_by_role("link", name="Edit").first.click()
    desk.get_by_role("tab", name="Dates and tickets").click()
    expect(row).to_contain_text("On sale")

    till.add_ticket(page, "/events/fog-and-drums/", "Standing", 2)
    expect(row.locator("[data-live^=held]")).to_have_text("2")
    expect(row.locator("[data-live^=left]")).to_contain_text("48")


def test_escape_asks_before_it_loses_what_was_typed_and_a_dead_server_loses_nothing(desk: Page):
    desk.goto("/admin/shop/events/")
    desk.get_by_role("link", name="Stand-up Thursday").first.click()
    desk.get_by_role("tab", name="Dates and tickets").click()
    opener = desk.get_by_role("link", name="Add ticket type").locator("visible=true").first
    opener.click()
    box = desk.locator("dialog[open]")
    box.locator("[name=name]").fill("Half typed")
    desk.once("dialog", lambda question: question.dismiss())
    desk.keyboard.press("Escape")
    expect(box.locator("[name=name]")).to_have_value("Half typed")

    desk.context.set_offline(True)
    box.get_by_role("button", name="Add ticket type").click()
    expect(box.get_by_role("alert")).to_contain_text("try again")
    expect(box.locator("[name=name]")).to_have_value("Half typed")
    desk.context.set_offline(False)

    desk.once("dialog", lambda question: question.accept())
    box.get_by_role("link", name="Close").click()
    expect(desk.locator("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_moving_the_start_moves_the_end_and_the_doors_along(desk: Page):
    desk.goto("/admin/shop/events/")
    desk.get_by_role("link", name="Stand-up Thursday").first.click()
    desk.get_by_role("tab", name="Dates and tickets").click()
    desk.locator("[data-key=add-date]").click()
    box = desk.locator("dialog[open]")
    box.locator("[name=start]").fill(f"{DAY}T19:00")
    box.locator("[name=end]").fill(f"{DAY}T22:30")
    box.locator("[name=start]").fill(f"{DAY + dt.timedelta(days=3)}T20:00")
    expect(box.locator("[name=end]")).to_have_value(f"{DAY + dt.timedelta(days=3)}T23:30")


def test_without_scripts_every_dialog_is_a_page(browser: Browser, site: Stack, desk: Page):
    desk.goto("/admin/shop/events/")
    desk.get_by_role("link", name="Stand-up Thursday").first.click()
    desk.get_by_role("tab", name="Dates and tickets").click()
    address = desk.get_by_role("link", name="Add date").get_attribute("href")
    state = desk.context.storage_state()
    plain = browser.new_context(base_url=site.base_url, java_script_enabled=False, storage_state=state).new_page()
    plain.goto(str(address))
    plain.locator("[name=start]").fill(f"{DAY}T15:00")
    plain.locator("[name=doors]").fill("")
    plain.locator("[name=end]").fill(f"{DAY}T14:00")
    plain.get_by_role("button", name="Add date").click()
    expect(plain.get_by_text("It must end after it starts.")).to_be_visible()
    expect(plain.locator("[name=start]")).to_have_value(f"{DAY}T15:00")
    plain.locator("[name=end]").fill(f"{DAY}T17:00")
    plain.get_by_role("button", name="Add date").click()
    expect(plain).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))
    plain.context.close()
