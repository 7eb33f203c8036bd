"""What sellers type about their money: where it goes, and who they are."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.core.countries import countries
from marketplace.core.errors import Refusal
from marketplace.payments.models import Disbursement
from marketplace.payments.services import normalize_phone
from marketplace.payouts.iban import compact, is_bic, is_iban, is_number, looks_like_iban
from marketplace.payouts.models import Verification, VerificationDocument

KRA_PIN = re.compile(r"[AP][0-9]{9}[A-Z]")
"""Kenya Revenue Authority: A for people, P for companies, nine digits, a letter."""


class MpesaForm(forms.Form):
    """A phone number with M-Pesa, in Kenya."""

    phone = forms.CharField(label=_("M-Pesa number"), max_length=20, widget=forms.TextInput(attrs={"type": "tel"}))

    def clean_phone(self) -> str:
        try:
            phone = normalize_phone(self.cleaned_data["phone"])
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
        if not phone.startswith("+254"):
            raise ValidationError(_("M-Pesa payouts go to Kenyan numbers only."))
        return phone

    def details(self) -> dict[str, str]:
        return {"phone": self.cleaned_data["phone"]}


class BankForm(forms.Form):
    """An account at a bank: an IBAN where the country has them, else the bank's own number."""

    name = forms.CharField(label=_("Account holder"), max_length=70, help_text=_("As the bank knows it"))
    bank = forms.CharField(label=_("Bank and branch"), max_length=70)
    bic = forms.CharField(label=_("BIC (SWIFT code)"), max_length=16, help_text=_("For example KCBLKENX"))
    account = forms.CharField(label=_("IBAN or account number"), max_length=42)

    def clean_bic(self) -> str:
        bic = compact(self.cleaned_data["bic"])
        if not is_bic(bic):
            raise ValidationError(_("A BIC has 8 or 11 letters and digits, like KCBLKENX."))
        return bic

    def clean_account(self) -> str:
        account = compact(self.cleaned_data["account"])
        if looks_like_iban(account):
            if not is_iban(account):
                raise ValidationError(_("This IBAN is not right: please compare it with your bank statement."))
        elif not is_number(account):
            raise ValidationError(_("An account number has 6 to 20 digits."))
        return account

    def details(self) -> dict[str, str]:
        account = self.cleaned_data["account"]
        kind = "iban" if looks_like_iban(account) else "number"
        return {**{name: self.cleaned_data[name] for name in ("name", "bank", "bic")}, kind: account}


class ConnectForm(forms.Form):
    """Nothing to type: the account comes from the seller's own onboarding at Stripe."""

    def details(self) -> dict[str, str]:
        return {}


OF_RAIL: dict[str, type[forms.Form]] = {
    Disbursement.Rail.MPESA_B2C: MpesaForm,
    Disbursement.Rail.BANK_FILE: BankForm,
    Disbursement.Rail.STRIPE_TRANSFER: ConnectForm,
}


class VerificationForm(forms.Form):
    """Who the seller is in law. An empty tax number keeps the one we have."""

    entity = forms.ChoiceField(
        label=_("Who sells"), choices=Verification.Entity.choices, widget=forms.RadioSelect, initial="person"
    )
    legal_name = forms.CharField(
        label=_("Name in law"), max_length=160, help_text=_("As on the identity card or the registration")
    )
    country = forms.ChoiceField(label=_("Where you pay tax"), choices=countries)
    tax_number = forms.CharField(
        label=_("Tax number"), max_length=40, required=False, help_text=_("Kenya: the KRA PIN, like A012345678Z")
    )
    address = forms.CharField(label=_("Address"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, has_tax_number: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax_number"].required = not has_tax_number

    def clean_tax_number(self) -> str:
        return compact(self.cleaned_data["tax_number"])

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        number = found.get("tax_number")
        if number and found.get("country") == "KE" and not KRA_PIN.fullmatch(number):
            self.add_error("tax_number", _("A KRA PIN is a letter, nine digits and a letter, like A012345678Z."))
        return found


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=_("What it is"), choices=VerificationDocument.Kind.choices)
    upload = forms.FileField(
        label=_("File"),
        help_text=_("A PDF, or a photograph (JPEG or PNG); at most 8 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
