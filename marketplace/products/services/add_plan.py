from django.db import transaction

from marketplace.audit.services import record
from marketplace.catalog.services import put_offer
from marketplace.catalog.terms import Stock, Terms
from marketplace.products.grant import Grant
from marketplace.products.models import LicensePlan, ProductPage
from marketplace.products.services.offer_fields import offer_fields
from marketplace.products.services.settle_page import settle_page

KIND = "license"


def add_plan(
    *,
    product: ProductPage,
    name: str,
    terms: Terms,
    grant: Grant,
    stock: Stock | None = None,
    description: str = "",
    sort_order: int = 100,
    actor_id: int | None,
) -> LicensePlan:
    """Sell a kind of license to a product: a row, its offer and, if there are only so many, its pool.

    Raises `OfferInvalid`.
    """
    with transaction.atomic():
        product = settle_page(product)
        offer = put_offer(
            offer=None,
            seller=product.seller,
            terms=terms,
            stock=stock or Stock(),
            pool_name=f"{product.title}: {name}",
            actor_id=actor_id,
            **offer_fields(product),
            name=name,
            kind=KIND,
            active=product.live,
        )
        row = LicensePlan.objects.create(
            product=product,
            offer=offer,
            name=name,
            description=description,
            sort_order=sort_order,
            locale_id=product.locale_id,
            **grant.fields(),
        )
        data = {"after": {"name": name, **grant.fields()}}
        record(action="license_plan.created", target=row, actor_id=actor_id, data=data)
    return row
