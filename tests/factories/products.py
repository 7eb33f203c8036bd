"""Products with plans, made through the services editors use."""

from itertools import count
from typing import Any

from marketplace.catalog.terms import Stock, Terms
from marketplace.products.grant import Grant
from marketplace.products.models import LicensePlan, ProductIndexPage, ProductPage
from marketplace.products.services import add_plan
from tests.factories.commerce import make_seller
from tests.factories.events import the_home

_numbers = count(1)


def make_product_index(**fields: Any) -> ProductIndexPage:
    """The shelf of products, one per test."""
    found = ProductIndexPage.objects.first()
    if found is not None:
        return found
    page: ProductIndexPage = the_home().add_child(instance=ProductIndexPage(**{"title": "Products", **fields}))
    return page


def make_product(title: str = "", *, live: bool = True, **fields: Any) -> ProductPage:
    """A published product without plans."""
    defaults = {"title": title or f"Tool {next(_numbers)}", "seller": fields.pop("seller", None) or make_seller()}
    page: ProductPage = make_product_index().add_child(instance=ProductPage(live=live, **{**defaults, **fields}))
    if live:
        page.save_revision().publish()
    return ProductPage.objects.get(pk=page.pk)


def make_plan(
    product: ProductPage | None = None,
    name: str = "Team",
    *,
    price: int = 500_000,
    capacity: int | None = None,
    grant: Grant | None = None,
    **terms: Any,
) -> LicensePlan:
    """A plan on sale. `price` in minor units, 0 is free; other fields are those of `Terms`."""
    given = {"currency": "KES", "pricing": "fixed" if price else "free", "price_minor": price, **terms}
    return add_plan(
        product=product or make_product(),
        name=name,
        terms=Terms(**given),
        grant=grant or Grant(),
        stock=Stock(capacity=capacity),
        actor_id=None,
    )
