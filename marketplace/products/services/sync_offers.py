from django.db import transaction

from marketplace.commerce.services import resume_sales, save_offer, stop_sales
from marketplace.products.models import LicensePlan, ProductPage
from marketplace.products.services.offer_fields import offer_fields


def sync_offers(*, product: ProductPage, actor_id: int | None = None) -> int:
    """Make what carts know of a product's plans agree with its page. Returns how many offers changed.

    Idempotent. A product that is not live sells nothing; what the seller stopped by hand stays stopped.
    """
    product = ProductPage.objects.select_related("poster", "seller", "category").get(pk=product.pk)
    wanted = offer_fields(product)  # its picture is made and stored, perhaps far away, before any row is locked
    with transaction.atomic():
        rows = LicensePlan.objects.filter(product=product).select_related("offer").order_by("pk")
        plans = {row.offer_id: row for row in rows}
        changed = 0
        for row in plans.values():
            if any(getattr(row.offer, name) != value for name, value in wanted.items()):
                save_offer(offer=row.offer, actor_id=actor_id, **wanted)
                changed += 1
        on = {pk for pk, row in plans.items() if product.live and not row.stopped}
        changed += resume_sales(offer_ids=on, actor_id=actor_id)
        return changed + stop_sales(offer_ids=plans.keys() - on, actor_id=actor_id)
