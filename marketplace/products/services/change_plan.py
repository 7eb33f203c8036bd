from django.db import transaction

from marketplace.audit.services import record
from marketplace.catalog.services import put_offer
from marketplace.catalog.terms import Stock, Terms
from marketplace.products.grant import Grant
from marketplace.products.models import LicensePlan

WORDS = ("name", "description", "sort_order")


def change_plan(
    *,
    plan_id: int,
    name: str,
    terms: Terms,
    grant: Grant,
    stock: Stock | None,
    description: str = "",
    sort_order: int = 100,
    actor_id: int | None,
) -> LicensePlan:
    """Change what a plan says, costs or grants; for licenses sold from now on. `stock=None` leaves the stock.

    What it grants is one for all languages. Raises `OfferInvalid` and `CapacityBelowSold`; then nothing has changed.
    """
    with transaction.atomic():
        row = LicensePlan.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan_id)
        granted = grant.fields()
        before = {field: getattr(row, field) for field in (*WORDS, *granted)}
        words = {"name": name, "description": description, "sort_order": sort_order}
        LicensePlan.objects.filter(pk=plan_id).update(**words)
        LicensePlan.objects.filter(offer=row.offer_id).update(**granted)
        original = row.locale_id == row.product.locale_id
        put_offer(
            offer=row.offer,
            seller=row.offer.seller,
            terms=terms,
            stock=stock,
            pool_name=f"{row.product.title}: {name}",
            actor_id=actor_id,
            # A translation's name is for its readers; carts and receipts keep the name it was entered under.
            name=name if original else row.offer.name,
        )
        after = {**words, **granted}
        if after != before:
            data = {"before": before, "after": after}
            record(action="license_plan.changed", target=row, actor_id=actor_id, data=data)
        row.refresh_from_db()
    return row
