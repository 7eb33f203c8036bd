"""An editor publishes an event with two dates and two ticket types, and a product with a plan: on sale at once."""

import datetime as dt
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from marketplace.backoffice.demo.people import LOGINS, PASSWORD
from tests.journeys.patience import PATIENCE
from tests.stack import Stack

pytestmark = pytest.mark.browser

DAY = dt.date.today() + dt.timedelta(days=50)  # noqa: DTZ011 (any day far enough ahead will do)


@pytest.fixture
def desk(browser: Browser, site: Stack):
    """The admin, as the demo's editor, on a desktop screen."""
    context = browser.new_context(base_url=site.base_url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).first.fill(LOGINS["editor"])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile("/admin/$"))
    yield page
    context.close()


def choose(desk: Page, button: str, row: str) -> None:
    """Pick a row in one of Wagtail's choosers."""
    desk.get_by_role("button", name=button).first.click()
    desk.locator(".modal-body").get_by_role("link", name=re.compile(re.escape(row))).first.click()
    expect(desk.locator(".modal-body")).to_have_count(0)


def dialog(desk: Page, opener: str) -> Locator:
    desk.get_by_role("link", name=opener, exact=True).locator("visible=true").first.click()
    box = desk.locator("dialog[open]")
    expect(box.locator("form")).to_be_visible()
    return box


def submit(desk: Page, box: Locator, label: str) -> None:
    box.get_by_role("button", name=label).click()
    expect(desk.locator("dialog[open]")).to_have_count(0)


def add_date(desk: Page, day: dt.date) -> None:
    box = dialog(desk, "Add date")
    box.locator("[name=start]").fill(f"{day}T19:00")
    box.locator("[name=end]").fill(f"{day}T22:00")
    submit(desk, box, "Add date")


def add_ticket(desk: Page, name: str, price: str, capacity: int) -> None:
    box = dialog(desk, "Add ticket type")
    for date in box.locator("[name=dates]").all():
        date.check()
    box.locator("[name=name]").fill(name)
    box.locator("[name=price]").fill(price)
    box.locator("[name=capacity]").fill(str(capacity))
    submit(desk, box, "Add ticket type")


def publish(desk: Page) -> None:
    desk.get_by_role("button", name=re.compile("more actions", re.IGNORECASE)).locator("visible=true").last.click()
    desk.get_by_role("button", name="Publish").locator("visible=true").first.click()
    expect(desk.locator(".messages .success", has_text="published")).to_be_visible()


def save_draft(desk: Page) -> None:
    """Autosave may have made the page already, and said so in the address; saving by hand is what an editor trusts."""
    desk.get_by_role("button", name="Save draft").locator("visible=true").first.click()
    expect(desk.locator(".messages .success")).to_be_visible()
    assert re.search(r"/admin/pages/\d+/edit/", desk.url)


def test_an_event_with_two_dates_and_two_ticket_types(desk: Page, page: Page):
    desk.goto("/admin/shop/events/")
    desk.get_by_role("link", name="Add event").first.click()
    desk.locator("[name=title]").fill("Benga Reunion")
    choose(desk, "Choose seller", "Baobab Sessions")
    choose(desk, "Choose venue", "Railway Yard")
    desk.locator("[name=summary]").fill("The band that taught the city to dance, once more.")
    save_draft(desk)
    desk.get_by_role("tab", name="Dates and tickets").click()
    add_date(desk, DAY)
    add_date(desk, DAY + dt.timedelta(days=1))
    add_ticket(desk, "Standing", "1,500", 300)
    add_ticket(desk, "Balcony", "3,000", 40)
    panel = desk.get_by_role("tabpanel").locator("visible=true")
    expect(panel.get_by_text("KES 1,500")).to_have_count(2)
    publish(desk)

    page.goto("/events/benga-reunion/")
    expect(page.get_by_role("heading", name="Benga Reunion", level=1)).to_be_visible()
    expect(page.get_by_text("KES 1,500").first).to_be_visible()
    expect(page.get_by_text("KES 3,000").first).to_be_visible()
    assert page.get_by_text(re.compile(rf"\b{(DAY + dt.timedelta(days=1)).day} ")).count()


def test_a_price_without_shillings_is_refused_and_nothing_typed_is_lost(desk: Page):
    desk.goto("/admin/shop/events/")
    desk.get_by_role("link", name="Stand-up Thursday").first.click()
    desk.get_by_role("tab", name="Dates and tickets").click()
    box = dialog(desk, "Add ticket type")
    box.locator("[name=dates]").first.check()
    box.locator("[name=name]").fill("Half a shilling")
    box.locator("[name=price]").fill("99.50")
    box.locator("[name=capacity]").fill("5")
    box.get_by_role("button", name="Add ticket type").click()
    expect(box.get_by_text(re.compile("whole", re.IGNORECASE)).first).to_be_visible()
    assert box.locator("[name=name]").input_value() == "Half a shilling"
    assert box.locator("[name=price]").input_value() == "99.50"


def test_a_draft_saved_while_the_first_autosave_travels_is_made_once(desk: Page):
    autosaves: list[Route] = []

    def hold(route: Route) -> None:
        if "application/json" in route.request.headers.get("accept", ""):
            autosaves.append(route)
        else:
            route.continue_()

    desk.route("**/admin/pages/add/**", hold)
    desk.add_init_script("addEventListener('w-unsaved:watch-edits', () => (document.documentElement.id = 'watched'))")
    desk.goto("/admin/shop/products/")
    desk.get_by_role("link", name="Add product").first.click()
    expect(desk.locator("#watched")).to_be_visible()  # what was typed before is not noticed as a change
    desk.locator("[name=title]").fill("Abacus")
    choose(desk, "Choose seller", "Savanna Software")
    desk.locator("[name=summary]").fill("On its way.")
    for _ in range(PATIENCE // 100):
        if autosaves:
            break
        desk.wait_for_timeout(100)
    assert autosaves
    desk.get_by_role("button", name="Save draft").locator("visible=true").first.click()
    assert "/pages/add/" in desk.url
    autosaves.pop(0).continue_()
    expect(desk.locator(".messages .success")).to_be_visible()
    assert re.search(r"/admin/pages/\d+/edit/", desk.url)
    assert not autosaves
    desk.goto("/admin/shop/products/?q=Abacus")
    expect(desk.get_by_role("link", name="Abacus", exact=True)).to_have_count(1)


def test_a_product_with_a_plan(desk: Page, page: Page):
    desk.goto("/admin/shop/products/")
    desk.get_by_role("link", name="Add product").first.click()
    desk.locator("[name=title]").fill("Tally")
    choose(desk, "Choose seller", "Savanna Software")
    desk.locator("[name=summary]").fill("Counts what you would rather not.")
    save_draft(desk)
    desk.get_by_role("tab", name="Plans").click()
    box = dialog(desk, "Add plan")
    box.locator("[name=name]").fill("Solo")
    box.locator("[name=price]").fill("2,400")
    submit(desk, box, "Add plan")
    publish(desk)

    page.goto("/products/tally/")
    expect(page.get_by_role("heading", name="Tally", level=1)).to_be_visible()
    expect(page.get_by_text("KES 2,400").first).to_be_visible()
