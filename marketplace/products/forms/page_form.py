from typing import Any

from marketplace.catalog.forms import SellablePageForm
from marketplace.commerce.models import Offer
from marketplace.products.models.plan import LicensePlan


class ProductPageForm(SellablePageForm):
    """The form of a product's page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("refund_rule")
        if field is not None:
            # A product takes place on no day, so there is nothing to count days before.
            rules = [rule for rule in Offer.RefundRule.choices if rule[0] != Offer.RefundRule.BEFORE]
            field.choices = rules

    def has_rows(self) -> bool:
        return LicensePlan.objects.filter(product__translation_key=self.instance.translation_key).exists()
