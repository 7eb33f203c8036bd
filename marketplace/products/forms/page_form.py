from marketplace.catalog.forms import SellablePageForm
from marketplace.products.models.plan import LicensePlan


class ProductPageForm(SellablePageForm):
    """The form of a product's page."""

    def has_rows(self) -> bool:
        return LicensePlan.objects.filter(product__translation_key=self.instance.translation_key).exists()
