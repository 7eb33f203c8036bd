import datetime as dt
import json
import re

import pytest

from marketplace.products.models import LicensePlan, ProductScreenshot, ProductVersion, VersionFile
from tests.factories.storefront import make_home, make_image, make_plan, make_product, make_products

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return make_product(make_products(make_home()), poster=make_image(), refund_policy="Fourteen days.")


def html(client, url="/products/till-ledger/"):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_a_plan_can_be_put_into_the_cart_without_scripts(client, product):
    plan = make_plan(product, price=190_000)
    body = html(client)
    assert re.search(rf'type="radio" id="plan-{plan.offer_id}" name="offer" value="{plan.offer_id}" checked', body)
    assert "Choose a plan, from KES 1,900" in body
    assert client.post("/cart/add/", {"offer": plan.offer_id}).status_code == 302


def test_plans_say_what_they_grant(client, product):
    make_plan(
        product,
        "Chain",
        plan={
            "term": LicensePlan.Term.TERM,
            "term_days": 365,
            "seats": 10,
            "activation_limit": 2,
            "usage_limit": 250_000,
            "usage_unit": "calls",
        },
    )
    make_plan(product, "Forever", capacity=1)
    body = html(client)
    for words in ("for a year", "10 people may use it", "On 2 machines at a time", "250,000 calls included"):
        assert words in body
    assert "once, for good" in body
    assert "Only 1 left" in body


def test_a_plan_can_be_linked_to_and_hidden_ones_need_their_link(client, product):
    make_plan(product, "Everyone")
    chosen = make_plan(product, "Chosen")
    hidden = make_plan(product, "Founders", hidden=True)
    assert f'value="{chosen.offer_id}" checked' in html(client, f"/products/till-ledger/?plan={chosen.offer_id}")
    assert "Founders" not in html(client)
    assert f'value="{hidden.offer_id}" checked' in html(client, f"/products/till-ledger/?plan={hidden.translation_key}")


def test_versions_show_newest_first_with_their_files_but_no_way_to_them(client, product):
    for number, day in (("1.0", 1), ("2.0", 20), ("1.5", 10)):
        row = ProductVersion.objects.create(
            product=product, version=number, released_on=dt.date(2026, 10, day), changelog=f"Changes of {number}"
        )
        VersionFile.objects.create(
            version=row, file="products/x.zip", name=f"ledger-{number}.zip", size=2048, sha256="ab" * 32
        )
    ProductVersion.objects.filter(version="1.5").update(yanked=True)
    body = html(client)
    assert body.index("Changes of 2.0") < body.index("Changes of 1.0")
    assert "Changes of 1.5" not in body
    assert "ledger-2.0.zip" in body
    assert "ab" * 32 in body
    assert "products/x.zip" not in body


def test_machines_read_the_product_and_its_offers(client, product):
    make_plan(product, price=190_000)
    data = json.loads(re.search(r"ld\+json\">(.*?)</script>", html(client), re.DOTALL).group(1))
    assert data[0]["@type"] == "Product"
    assert data[0]["offers"][0]["price"] == "1900.00"
    assert data[1]["@type"] == "BreadcrumbList"


def test_screenshots_have_words_and_sizes(client, product):
    ProductScreenshot.objects.create(page=product, image=make_image("Shot", 1200, 700), alt="The till", caption="Till")
    body = html(client)
    assert re.search(r'width="960" height="560" alt="The till"', body)


def test_nothing_on_sale_says_so(client, product):
    assert "not on sale yet" in html(client)
    make_plan(product, active=False)
    assert "This product is not on sale now." in html(client)
    assert "Fourteen days." in html(client)
