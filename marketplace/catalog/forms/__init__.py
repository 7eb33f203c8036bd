from marketplace.catalog.forms.fields import LocalDateTimeField
from marketplace.catalog.forms.offer_form import OfferForm
from marketplace.catalog.forms.page_form import SellablePageForm
from marketplace.catalog.forms.sets import FieldSet, RowForm

__all__ = ["FieldSet", "LocalDateTimeField", "OfferForm", "RowForm", "SellablePageForm"]
