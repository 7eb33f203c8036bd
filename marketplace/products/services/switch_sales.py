from django.db import transaction

from marketplace.commerce.models import Offer
from marketplace.products.models import LicensePlan
from marketplace.products.services.sync_offers import sync_offers


def stop_plan_sales(*, plan: LicensePlan, actor_id: int | None) -> None:
    """Take a plan off sale by hand, in every language, until it is resumed by hand. Licenses sold go on."""
    _switch(plan, stopped=True, actor_id=actor_id)


def resume_plan_sales(*, plan: LicensePlan, actor_id: int | None) -> None:
    """Put it back on sale, as far as its page and its window allow."""
    _switch(plan, stopped=False, actor_id=actor_id)


def _switch(plan: LicensePlan, *, stopped: bool, actor_id: int | None) -> None:
    with transaction.atomic():
        Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan.offer_id)
        LicensePlan.objects.filter(offer=plan.offer_id).update(stopped=stopped)
        sync_offers(product=plan.product, actor_id=actor_id)
