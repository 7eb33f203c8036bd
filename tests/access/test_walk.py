"""The walk through every address of the admin: as a visitor, as a seller on own and foreign things, as each role."""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from tests.access.addresses import Address, Params, addresses
from tests.access.conftest import World
from tests.access.rules import CLOSED, LIST, OBJECT, OPEN, RULES, Rule
from tests.access.things import pages
from tests.access.world import FOREIGN, Side

ADDRESSES = list(addresses())
HOME = "/admin/"


def rule_of(address: Address) -> Rule | None:
    return next((rule for rule in RULES if rule.fits(address)), None)


def of_kind(kind: str) -> Iterator[tuple[Address, Rule]]:
    for address in ADDRESSES:
        rule = rule_of(address)
        if rule is not None and rule.kind == kind:
            yield address, rule


def urls(address: Address, rule: Rule, side: Side) -> list[str]:
    things: list[Params] = rule.things(side) if rule.things else [{}]
    return [address.url(thing) for thing in things]


def refused(response) -> bool:
    """Wagtail says no by sending people home with a message, programs and scripts with 403; a 404 says even less."""
    return response.status_code in (403, 404, 405) or (
        response.status_code == 302 and response.headers["Location"] == HOME
    )


def shows(response, mark: str) -> str:
    """Where the mark stands in an answer, or nothing."""
    found = re.search(f".{{0,60}}{mark}.{{0,40}}", text_of(response), re.DOTALL)
    return found.group() if found else ""


def text_of(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def test_every_address_was_looked_at_by_a_person():
    assert [str(address) for address in ADDRESSES if rule_of(address) is None] == []


def test_every_rule_still_names_an_address():
    used = {rule_of(address) for address in ADDRESSES}
    assert [rule.names for rule in RULES if rule not in used] == []


def test_what_shows_no_rows_says_why():
    assert [rule.names for rule in RULES if rule.kind == OPEN and not rule.why] == []


def test_visitors_are_sent_to_log_in(world: World):
    problems = []
    for kind in (OBJECT, LIST, CLOSED):
        for address, rule in of_kind(kind):
            for url in urls(address, rule, world.own)[:1]:
                for response in (Client().get(url), Client().post(url)):
                    if response.status_code != 302 or not response.headers["Location"].startswith("/accounts/login/"):
                        problems.append(f"{url}: {response.status_code}")
    assert not problems, "\n".join(["", *problems])


def test_a_seller_opens_what_is_own(world: World):
    client, problems = world.client("Sellers"), []
    for address, rule in of_kind(OBJECT):
        for url in urls(address, rule, world.own):
            response = client.get(url)
            if response.status_code not in rule.get:
                problems.append(f"{url}: {response.status_code} {response.headers.get('Location', '')}")
            if where := shows(response, rule.hidden):
                problems.append(f"{url}: shows {where!r}")
    assert not problems, "\n".join(["", *problems])


def test_a_seller_sees_nothing_foreign_on_any_list(world: World):
    client, problems = world.client("Sellers"), []
    for address, rule in of_kind(LIST):
        for url in urls(address, rule, world.own):
            for query in ("", f"?q={FOREIGN}", "?search_all=1&q=event"):
                response = client.get(url + query, follow=True)
                if response.status_code not in rule.get and not (query and response.status_code == 400):
                    problems.append(f"{url}{query}: {response.status_code}")
                if where := shows_beyond(response, query):
                    problems.append(f"{url}{query}: shows {where!r}")
    assert not problems, "\n".join(["", *problems])


def shows_beyond(response, query: str) -> str:
    """The mark where it does not merely repeat what was searched for."""
    return shows(response, f"{FOREIGN} " if FOREIGN in query else FOREIGN)


def test_a_seller_is_refused_what_is_foreign_and_changes_none_of_it(world: World):
    client, problems, before = world.client("Sellers"), [], fingerprint(world.foreign)
    for address, rule in of_kind(OBJECT):
        for url in urls(address, rule, world.foreign):
            problems += meets(client, url)
    assert not problems, "\n".join(["", *problems])
    assert fingerprint(world.foreign) == before


def fingerprint(side: Side) -> list[dict]:
    """Every column of every row of a side, as the database has them now."""
    rows = (side.event, side.draft, side.product, side.shop_page, side.date, side.ticket, side.ticket.offer, side.plan,
            side.version, side.file, side.venue, side.image, side.document, side.upload, side.seller, side.sale,
            side.task_state, side.workflow_state, side.user)  # fmt: skip
    return [type(row)._default_manager.filter(pk=row.pk).values().first() for row in rows]


EVERYTHING = [
    *(f"wagtailcore/page/{action}" for action in ("delete", "move", "publish", "unpublish")),
    *(f"{kind}/{action}" for kind in ("wagtailimages/image", "wagtaildocs/document")
      for action in ("delete", "add_to_collection", "add_tags")),
    "events/venue/delete", "events/tickettype/delete", "products/licenseplan/delete", "sellers/seller/delete",
]  # fmt: skip


@pytest.mark.parametrize("action", EVERYTHING)
def test_selecting_all_of_a_list_reaches_own_things_only(world: World, action):
    client, before = world.client("Sellers"), fingerprint(world.foreign)
    shelf = pages(world.own)[0]["destination_id"]
    url = f"/admin/bulk/{action}/?id=all&childOf={shelf}"
    assert not shows(client.get(url, follow=True), FOREIGN)
    collection, tag = world.own.seller.collection_id, "x"
    with transaction.atomic():
        response = client.post(url, {"collection": collection, "tags": tag, "chooser": shelf})
        assert not shows(response, FOREIGN)
        assert fingerprint(world.foreign) == before
        transaction.set_rollback(True)


def test_a_seller_is_refused_what_is_for_staff(world: World):
    client, problems = world.client("Sellers"), []
    for address, rule in of_kind(CLOSED):
        for side in (world.own, world.foreign):
            for url in urls(address, rule, side):
                problems += meets(client, url)
    assert not problems, "\n".join(["", *problems])


def meets(client: Client, url: str) -> list[str]:
    """What goes wrong when someone asks for and posts to an address that is not theirs."""
    found = []
    for method in (client.get, client.post):
        for headers in ({}, {"x-requested-with": "XMLHttpRequest"}):
            response = method(url, headers=headers)
            if not refused(response):
                found.append(f"{method.__name__} {url}: {response.status_code} {response.headers.get('Location', '')}")
            if where := shows(response, FOREIGN):
                found.append(f"{method.__name__} {url}: shows {where!r}")
    return found
