from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.payments.errors import PhoneInvalid
from marketplace.payments.selectors import Method
from marketplace.payments.services import normalize_phone

PHONE = "mpesa"
"""The way to pay that rings a phone."""


class PhoneField(forms.CharField):
    """A phone number as people type it, in E.164."""

    def __init__(self, **options: Any) -> None:
        attrs = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normalize_phone(text)
        except PhoneInvalid as error:
            raise forms.ValidationError(str(error), code=error.code) from error


class PayForm(forms.Form):
    """How to pay. Refuses ways that cannot be used, and wants a phone number when the phone is rung."""

    provider = forms.CharField(max_length=20, error_messages={"required": _("Choose how to pay.")})
    phone = PhoneField(
        label=_("M-Pesa number"),
        help_text=_("A Safaricom number, like 0712 345 678."),
        error_messages={"required": _("Write the number that shall be charged, like 0712 345 678.")},
    )

    def __init__(self, *args: Any, methods: Sequence[Method], **options: Any) -> None:
        super().__init__(*args, **options)
        self.methods = methods
        # Shown as required beside M-Pesa, and not asked for when something else is chosen.
        self.fields["phone"].required = not self.is_bound or self.data.get("provider") == PHONE

    def clean_provider(self) -> str:
        slug = str(self.cleaned_data["provider"])
        method = next((method for method in self.methods if method.slug == slug), None)
        if method is None:
            raise forms.ValidationError(_("Choose how to pay."))
        if method.reason_unavailable:
            raise forms.ValidationError(method.reason_unavailable)
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("provider") != PHONE and "phone" in self.errors:
            # A half-typed number is nobody's business when the card is used.
            del self.errors["phone"]
            data["phone"] = ""
        return data


class CheckoutForm(PayForm):
    """The one page between cart and payment."""

    field_order = ("email", "name", "provider", "phone", "terms")

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Your tickets and keys go there."),
        error_messages={"required": _("Write your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    terms = forms.BooleanField(
        label=_("I accept the terms of sale"),
        error_messages={"required": _("Please accept the terms of sale to go on.")},
    )
    seen = forms.CharField(max_length=60, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, free: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if free:
            del self.fields["provider"], self.fields["phone"]

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


class FindForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
