from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.forms import FieldSet, OfferForm
from marketplace.catalog.forms.offer_form import UNLIMITED
from marketplace.products.grant import Grant
from marketplace.products.models import LicensePlan

TEN_YEARS = 3660


class PlanForm(OfferForm):
    """A license plan: what it costs and what it grants."""

    term = forms.ChoiceField(label=_("Runs"), choices=LicensePlan.Term.choices, initial=LicensePlan.Term.PERPETUAL)
    term_days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=TEN_YEARS, required=False, help_text=_("From purchase; a year is 365.")
    )
    seats = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=100_000, initial=1, help_text=_("People who may use one license.")
    )
    activation_limit = forms.IntegerField(
        label=_("Activations"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("Machines at once. Empty: any."),
    )
    usage_limit = forms.IntegerField(
        label=_("Usage included"), min_value=1, max_value=10**15, required=False, help_text=_("Empty: unmetered.")
    )
    usage_unit = forms.CharField(
        label=_("Usage is counted in"), max_length=40, required=False, help_text=_("e.g. “requests”, “minutes”.")
    )

    sets: ClassVar[tuple[FieldSet, ...]] = (
        OfferForm.sets[0],
        FieldSet(_("What it grants"), ("term", "term_days", "seats", "activation_limit", "usage_limit", "usage_unit")),
        *OfferForm.sets[1:],
    )
    show_when = {**OfferForm.show_when, "term_days": "term=term"}

    def __init__(self, *args: Any, plan: LicensePlan | None = None, **kwargs: Any) -> None:
        granted = {name: getattr(plan, name) for name in Grant.__dataclass_fields__} if plan else {"limit": UNLIMITED}
        kwargs["initial"] = {**granted, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            cleaned.get("term") == LicensePlan.Term.TERM
            and not cleaned.get("term_days")
            and "term_days" not in self.errors
        ):
            self.add_error("term_days", _("For how many days?"))
        if cleaned.get("usage_limit") and not cleaned.get("usage_unit"):
            self.add_error("usage_unit", _("So many of what?"))
        return cleaned

    def grant(self) -> Grant:
        """What it grants. Only of a valid form."""
        return Grant(**{name: self.cleaned_data[name] for name in Grant.__dataclass_fields__})
