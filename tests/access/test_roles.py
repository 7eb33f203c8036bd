"""What each role opens and what it is refused, on things of shops that are not its own."""

import pytest

from tests.access.conftest import World
from tests.access.test_walk import CLOSED, LIST, OBJECT, of_kind, refused, urls

MONEY = {"/admin/orders/", "/admin/payments/", "/admin/sales/"}
PAYING = {"/admin/payouts/", "/admin/verifications/"}
BOOKS = {"/admin/provider-messages/", "/admin/ledger/", "/admin/proofs/", "/admin/activity/"}
GIVING_BACK = {
    "/admin/refunds/", "/admin/disputes/", "/admin/paybill/", "/admin/reviews/", "/admin/held-orders/",
    "/admin/refund-decisions/",
}  # fmt: skip
COMPARING = {"/admin/reconciliation/", "/admin/comparisons/", "/admin/reconcile-now/", "/admin/payments-health/"}
POST = {"/admin/mails/"}
RUNNING = {"/admin/news/", "/admin/users/", "/admin/sites/", "/admin/snippets/sellers/seller/"}
CONTENT = {
    "/admin/pages/", "/admin/images/", "/admin/documents/", "/admin/shop/events/", "/admin/shop/products/",
    "/admin/snippets/events/venue/", "/admin/snippets/events/tickettype/", "/admin/snippets/catalog/category/",
    "/admin/snippets/products/licenseplan/", "/admin/redirects/", "/admin/reports/site-history/",
}  # fmt: skip
OPENS = {
    "Editors": CONTENT,
    "Finance": MONEY | BOOKS | PAYING | GIVING_BACK | COMPARING,
    "Support": MONEY | POST | GIVING_BACK,
    "Admins": CONTENT | MONEY | BOOKS | PAYING | POST | RUNNING | GIVING_BACK | COMPARING,
}
ALL = OPENS["Admins"]


@pytest.mark.parametrize("role", OPENS)
def test_each_role_opens_its_lists_and_no_other(world: World, role):
    client = world.client(role)
    found = {url for url in ALL if client.get(url, follow=False).status_code == 200 or url_leads_in(client, url)}
    assert found == OPENS[role]


def url_leads_in(client, url: str) -> bool:
    """The explorer sends people to the page they start from."""
    response = client.get(url)
    return response.status_code == 302 and response.headers["Location"].startswith("/admin/pages/")


BULK_REFUNDS = ("event_rows:refund_date", "event_rows:bulk_refund", "event_rows:work_on_bulk_refund")


@pytest.mark.parametrize("role", ["Finance", "Support"])
def test_who_keeps_the_money_touches_no_content(world: World, role):
    client, problems = world.client(role), []
    for address, rule in of_kind(OBJECT):
        if address.name.startswith(("sales_", "seller_money", "wagtailadmin_choose_page", "wagtailsnippetchoosers_",
                                    "wagtailimages_ch",
                                    "wagtaildocs_ch")):  # fmt: skip
            continue  # choosers choose among what is published; nothing can be saved with it
        if role == "Finance" and address.name in BULK_REFUNDS:
            continue  # beside the dates of an event, but about its money: Finance gives back
        for url in urls(address, rule, world.own):
            problems += [f"{m.__name__} {url}" for m in (client.get, client.post) if not refused(m(url))]
    assert not problems, "\n".join(["", *problems])


def test_a_buyer_finds_every_door_of_the_admin_closed(world: World):
    client, problems = world.client("buyer"), []
    for kind in (OBJECT, LIST, CLOSED):
        for address, rule in of_kind(kind):
            for url in urls(address, rule, world.own)[:1]:
                problems += [url for m in (client.get, client.post) if m(url).status_code != 403]
    assert problems == []


@pytest.mark.parametrize("role", ["Editors", "Admins"])
def test_who_keeps_the_content_opens_that_of_every_shop(world: World, role):
    client, problems = world.client(role), []
    for address, rule in of_kind(OBJECT):
        if address.name.startswith(
            (
                "sales_",
                "sale_refund",
                "sale_request",
                "seller_money",
                "wagtailsnippets_sellers_",
                "wagtailadmin_editing",
                "wagtail_bulk",
                "wagtailadmin_pages:add",
                "wagtailadmin_pages:preview_on_add",
            )
        ):
            continue  # not an editor's, or about one's own session
        for side in (world.own, world.foreign):
            for url in urls(address, rule, side):
                response = client.get(url)
                if response.status_code not in rule.get and response.headers.get("Location") != "/admin/pages/4/":
                    problems.append(f"{url}: {response.status_code} {response.headers.get('Location', '')}")
    assert not problems, "\n".join(["", *problems])
