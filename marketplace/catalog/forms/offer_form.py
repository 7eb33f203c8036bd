import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.forms.fields import AmountField, LocalDateTimeField
from marketplace.catalog.forms.sets import FieldSet, RowForm
from marketplace.catalog.services import was_ordered
from marketplace.catalog.terms import Stock, Terms, home_currency
from marketplace.commerce.models import Offer, StockPool
from marketplace.core.money import CURRENCIES
from marketplace.sellers.models import Seller

OWN, SHARED, UNLIMITED = "own", "shared", "unlimited"
MOST = 1_000_000


class OfferForm(RowForm):
    """Price, sales window, limits and stock of one offer, typed in major units and on the seller's clock."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("Description"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sort_order = forms.IntegerField(
        label=_("Position"), min_value=0, max_value=10_000, initial=100, help_text=_("Smaller numbers come first.")
    )
    pricing = forms.ChoiceField(label=_("Pricing"), choices=Offer.Pricing.choices, initial=Offer.Pricing.FIXED)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    price = AmountField(
        label=_("Price"),
        required=False,
        help_text=_("Before fees and taxes on top. Pay what you want: the least you take."),
    )
    suggested = AmountField(label=_("Suggested price"), required=False)
    tax_class = forms.ChoiceField(label=_("Tax"), choices=Offer.TaxClass.choices, initial=Offer.TaxClass.STANDARD)
    sales_start = LocalDateTimeField(label=_("Sales start"), required=False)
    sales_end = LocalDateTimeField(label=_("Sales end"), required=False)
    limit = forms.ChoiceField(
        label=_("How many there are"), choices=[(OWN, _("So many")), (UNLIMITED, _("No limit of its own"))]
    )
    capacity = forms.IntegerField(
        label=_("Number"),
        min_value=0,
        max_value=MOST,
        required=False,
        help_text=_("Sold and held ones included; of all together when it is shared."),
    )
    min_per_order = forms.IntegerField(label=_("At least per order"), min_value=1, max_value=1000, initial=1)
    max_per_order = forms.IntegerField(label=_("At most per order"), min_value=1, max_value=1000, initial=10)
    hidden = forms.BooleanField(
        label=_("Hidden"), required=False, help_text=_("Not listed; sold only through its own link.")
    )

    sets: ClassVar[tuple[FieldSet, ...]] = (
        FieldSet(_("What it is"), ("name", "description")),
        FieldSet(_("Price"), ("pricing", "currency", "price", "suggested", "tax_class")),
        FieldSet(_("When it is sold"), ("sales_start", "sales_end")),
        FieldSet(_("Stock"), ("limit", "capacity")),
        FieldSet(_("Limits and place"), ("min_per_order", "max_per_order", "sort_order", "hidden")),
    )
    show_when = {"price": "pricing=fixed,pwyw", "suggested": "pricing=pwyw", "capacity": "limit=own"}
    aliases = {
        "price_minor": "price",
        "suggested_minor": "suggested",
        "pools": "capacity",
        "capacity_below_sold": "capacity",
    }

    def __init__(
        self,
        *args: Any,
        zone: dt.tzinfo,
        seller: Seller,
        offer: Offer | None = None,
        pool: StockPool | None = None,
        currency: str = "",
        **kwargs: Any,
    ) -> None:
        """`pool` is the offer's own; `currency` what this page sold in last."""
        self.offer, self.pool = offer, pool
        first = {"currency": currency or home_currency(seller.country), "limit": OWN}
        kwargs["initial"] = {**first, **_written(offer, pool), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.read_on(zone)
        if offer is not None and was_ordered([offer.pk]):
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _("Fixed, because it was ordered in this currency.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._clean_amounts(cleaned)
        if cleaned.get("limit") == OWN and cleaned.get("capacity") is None and "capacity" not in self.errors:
            self.add_error("capacity", _("How many are there?"))
        return cleaned

    def _clean_amounts(self, cleaned: dict[str, Any]) -> None:
        pricing, currency = cleaned.get("pricing"), cleaned.get("currency")
        cleaned["price_minor"], cleaned["suggested_minor"] = 0, None
        if not currency or pricing == Offer.Pricing.FREE:
            return
        if not cleaned.get("price") and pricing == Offer.Pricing.FIXED:
            self.add_error("price", _("What does it cost?"))
        for name, empty in (("price", 0), ("suggested", None)):
            typed = cleaned.get(name)
            try:
                cleaned[f"{name}_minor"] = AmountField.read(typed, currency) if typed else empty
            except ValidationError as problem:
                self.add_error(name, problem)

    def terms(self) -> Terms:
        """What the seller decided. Only of a valid form."""
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})

    def stock(self) -> Stock:
        """What it draws on. Only of a valid form."""
        return Stock(capacity=self.cleaned_data["capacity"] if self.cleaned_data["limit"] == OWN else None)


def _written(offer: Offer | None, pool: StockPool | None) -> dict[str, Any]:
    """An offer as a seller would have typed it."""
    if offer is None:
        return {}
    values: dict[str, Any] = dict(Terms.of(offer).__dict__)
    values["price"] = AmountField.written(values.pop("price_minor"), offer.currency)
    values["suggested"] = AmountField.written(values.pop("suggested_minor"), offer.currency)
    if offer.pricing == Offer.Pricing.FREE:
        values["price"] = ""
    return {**values, "limit": OWN if pool else UNLIMITED, "capacity": pool.capacity if pool else None}
